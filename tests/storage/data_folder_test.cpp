#include "storage/data_folder.hpp"

#include "database_fixture.hpp"
#include "storage/migration.hpp"
#include "storage/node_identity.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <fstream>
#include <optional>
#include <string>

namespace orderflow::storage {
namespace {

TEST_CASE("a data folder is made for its owner alone and held by one holder at a time") {
  test::TemporaryFolder temporary;
  const auto path = temporary.path() / "deep" / "data";
  {
    const DataFolder held(path);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    const std::string pid = std::to_string(::getpid());
    CHECK_THROWS_WITH_AS(DataFolder{path}, doctest::Contains(("process " + pid).c_str()),
                         DataFolderError);
  }
  CHECK_NOTHROW(DataFolder{path});
}

TEST_CASE("the holder of a data folder tells where it can be asked") {
  test::TemporaryFolder temporary;
  DataFolder held(temporary.path());
  const auto told = [&]() -> std::optional<std::string> {
    try {
      const DataFolder second(temporary.path());
    } catch (const DataFolderInUse& e) {
      return e.url();
    }
    return "not in use";
  };
  CHECK_FALSE(told());
  held.announce("http://127.0.0.1:8080");
  CHECK(told() == "http://127.0.0.1:8080");
}

TEST_CASE("who looks at a data folder sees whether it is held, and leaves it as it is") {
  test::TemporaryFolder temporary;
  CHECK_FALSE(DataFolder::is_held(temporary.path()));
  CHECK_FALSE(std::filesystem::exists(temporary.path() / "orderflow.lock"));
  {
    const DataFolder held(temporary.path());
    CHECK(DataFolder::is_held(temporary.path()));
  }
  CHECK_FALSE(DataFolder::is_held(temporary.path()));
  CHECK_NOTHROW(DataFolder{temporary.path()});
}

TEST_CASE("the files of a database that others could read are closed to them") {
  test::TemporaryFolder temporary;
  for (const char* name : {"orderflow.db", "orderflow.db-wal"}) {
    const auto file = temporary.path() / name;
    std::ofstream(file) << "";
    REQUIRE(::chmod(file.c_str(), 0664) == 0);
  }
  const DataFolder held(temporary.path());
  for (const char* name : {"orderflow.db", "orderflow.db-wal"}) {
    struct stat status {};
    REQUIRE(::stat((temporary.path() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a data folder that cannot be made is told by name") {
  CHECK_THROWS_WITH_AS(DataFolder{"/proc/orderflow/data"},
                       doctest::Contains("/proc/orderflow/data"), DataFolderError);
}

TEST_CASE_FIXTURE(DatabaseFixture, "a node keeps the name it was given or made") {
  const auto all = embedded_migrations();
  const std::array<std::string_view, 1> owners{"storage"};
  migrate(connection, migrations_of(owners, all), all, core::from_micros(1));
  core::SeededRandom random(7);

  SUBCASE("made once") {
    const std::string made = node_name(connection, "", random);
    CHECK(made.starts_with("node-"));
    CHECK(node_name(connection, "", random) == made);
  }
  SUBCASE("given, and not changed later") {
    CHECK(node_name(connection, "berlin", random) == "berlin");
    CHECK(node_name(connection, "", random) == "berlin");
    CHECK_THROWS_WITH(node_name(connection, "paris", random), doctest::Contains("node 'berlin'"));
  }
}

}  // namespace
}  // namespace orderflow::storage
