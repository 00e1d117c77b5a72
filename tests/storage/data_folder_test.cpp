#include "storage/data_folder.hpp"

#include "database_fixture.hpp"
#include "storage/migration.hpp"
#include "storage/node_identity.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace orderflow::storage {
namespace {

TEST_CASE("a data folder is made for its owner alone and locked by one process at a time") {
  test::TemporaryFolder temporary;
  const auto path = temporary.path() / "deep" / "data";
  {
    const DataFolder locked(path);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    const std::string pid = std::to_string(::getpid());
    CHECK_THROWS_WITH_AS(DataFolder{path}, doctest::Contains(("process " + pid).c_str()),
                         DataFolderError);
  }
  CHECK_NOTHROW(DataFolder{path});
}

TEST_CASE("the owner of a data folder records its address") {
  test::TemporaryFolder temporary;
  DataFolder locked(temporary.path());
  const auto address = [&]() -> std::optional<std::string> {
    try {
      const DataFolder second(temporary.path());
    } catch (const DataFolderInUse& e) {
      return e.url();
    }
    return "not in use";
  };
  CHECK_FALSE(address());
  locked.record_address("http://127.0.0.1:8080");
  CHECK(address() == "http://127.0.0.1:8080");
}

TEST_CASE("looking at a data folder shows whether it is locked, and leaves it as it is") {
  test::TemporaryFolder temporary;
  CHECK_FALSE(DataFolder::is_locked(temporary.path()));
  CHECK_FALSE(std::filesystem::exists(temporary.path() / "orderflow.lock"));
  {
    const DataFolder locked(temporary.path());
    CHECK(DataFolder::is_locked(temporary.path()));
  }
  CHECK_FALSE(DataFolder::is_locked(temporary.path()));
  CHECK_NOTHROW(DataFolder{temporary.path()});
}

TEST_CASE("the files of a database that others could read are closed to them") {
  test::TemporaryFolder temporary;
  for (const char* name : {"orderflow.db", "orderflow.db-wal"}) {
    const auto file = temporary.path() / name;
    std::ofstream(file) << "";
    REQUIRE(::chmod(file.c_str(), 0664) == 0);
  }
  const DataFolder locked(temporary.path());
  for (const char* name : {"orderflow.db", "orderflow.db-wal"}) {
    struct stat status {};
    REQUIRE(::stat((temporary.path() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a lock that is a link is refused, and the target stays as it is") {
  test::TemporaryFolder temporary;
  const auto precious = temporary.path() / "precious";
  const auto data = temporary.path() / "data";
  std::ofstream(precious) << "everything";
  std::filesystem::create_directory(data);
  std::filesystem::create_symlink(precious, data / "orderflow.lock");
  CHECK_THROWS_WITH_AS(DataFolder{data}, doctest::Contains("it is a link"), DataFolderError);
  CHECK(std::filesystem::file_size(precious) == 10);
}

TEST_CASE("a data folder that is open to others is closed to them, one for a group stays") {
  test::TemporaryFolder temporary;
  const auto data = temporary.path() / "data";
  std::filesystem::create_directory(data);
  const auto mode_after = [&](::mode_t before, FolderRule rule = {}) {
    REQUIRE(::chmod(data.c_str(), before) == 0);
    const DataFolder locked(data, rule);
    struct stat status {};
    REQUIRE(::stat(data.c_str(), &status) == 0);
    return status.st_mode & 0777;
  };
  CHECK(mode_after(0777) == 0750);
  CHECK(mode_after(0750) == 0750);
  CHECK(mode_after(0770) == 0750);
  CHECK(mode_after(0777, {.group_may_write = true}) == 0770);
}

TEST_CASE("a data folder of another user is refused, and a link to a folder of ours is not") {
  test::TemporaryFolder temporary;
  const auto data = temporary.path() / "data";
  std::filesystem::create_directory(data);
  std::filesystem::create_directory_symlink(data, temporary.path() / "link");
  CHECK_NOTHROW(DataFolder{temporary.path() / "link"});
  if (::geteuid() == 0) {
    REQUIRE(::chown(data.c_str(), 65534, 65534) == 0);
    CHECK_THROWS_WITH_AS(DataFolder{data}, doctest::Contains("belongs to user 65534"),
                         DataFolderError);
  } else {
    CHECK_THROWS_WITH_AS(DataFolder{"/usr"}, doctest::Contains("belongs to root"), DataFolderError);
  }
}

TEST_CASE("a database that another user could have put there is refused") {
  test::TemporaryFolder temporary;
  const auto data = temporary.path() / "data";
  const auto file = temporary.path() / "elsewhere.db";
  std::filesystem::create_directory(data);
  std::ofstream(file) << "";
  std::filesystem::create_symlink(file, data / "orderflow.db");
  CHECK_NOTHROW(DataFolder{data});
  if (::geteuid() != 0) return;  // nobody else can make what follows
  SUBCASE("a link to another user's file") {
    REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
  }
  SUBCASE("another user's link") {
    REQUIRE(::lchown((data / "orderflow.db").c_str(), 65534, 65534) == 0);
  }
  CHECK_THROWS_WITH_AS(DataFolder{data}, doctest::Contains("belongs to user 65534"),
                       DataFolderError);
}

TEST_CASE("root finds the node that holds another user's folder, and changes nothing there") {
  if (::geteuid() != 0) return;
  test::TemporaryFolder temporary;
  const auto data = temporary.path() / "data";
  DataFolder locked(data);
  locked.record_address("http://127.0.0.1:8080");
  REQUIRE(::chown(data.c_str(), 65534, 65534) == 0);
  CHECK_THROWS_AS(DataFolder{data}, DataFolderInUse);
}

TEST_CASE("a data folder that cannot be made is reported by name") {
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

TEST_CASE("the modules of a node change where the operator has changed them, and not the program") {
  const NodeModules before{.hosted = {"orders", "billing", "access"},
                           .known = {"orders", "billing", "users"}};
  const auto change = [&](NodeModules::Names hosted, NodeModules::Names known) {
    return change_of_modules(before, {.hosted = std::move(hosted), .known = std::move(known)});
  };
  CHECK(change({"orders", "billing"}, {"orders", "billing", "users"}).empty());
  CHECK(change({"orders"}, {"orders", "billing", "users"}) == "without billing");
  CHECK(change({"billing", "users"}, {"orders", "billing", "users"}) ==
        "without orders and with users");
  SUBCASE("a program that has one more, or one less") {
    CHECK(change({"orders", "billing", "webhooks"}, {"orders", "billing", "users", "webhooks"})
              .empty());
    CHECK(change({"orders"}, {"orders", "users"}).empty());
  }
  SUBCASE("what a program has left that did not keep which it had") {
    const NodeModules old{.hosted = {"orders", "billing"}, .known = {}};
    CHECK(change_of_modules(old, {.hosted = {"orders", "billing", "users"}, .known = {"users"}})
              .empty());
    CHECK(change_of_modules(old, {.hosted = {"orders"}, .known = {"orders", "billing"}}) ==
          "without billing");
  }
  SUBCASE("a first start changes nothing") {
    CHECK(change_of_modules({}, {.hosted = {"orders"}, .known = {"orders"}}).empty());
  }
}

TEST_CASE_FIXTURE(DatabaseFixture, "a node's database keeps the modules of the last start") {
  CHECK(last_modules(connection).hosted.empty());
  const auto all = embedded_migrations();
  const std::array<std::string_view, 1> owners{"storage"};
  migrate(connection, migrations_of(owners, all), all, core::from_micros(1));
  record_modules(connection, {.hosted = {"orders"}, .known = {"orders", "users"}});
  record_modules(connection, {.hosted = {"users"}, .known = {"users", "billing"}});
  CHECK(last_modules(connection).hosted == NodeModules::Names{"users"});
  CHECK(last_modules(connection).known == NodeModules::Names{"users", "billing"});
}

}  // namespace
}  // namespace orderflow::storage
