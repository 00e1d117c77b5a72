#include "storage/incarnations.hpp"

#include "database_fixture.hpp"
#include "storage/data_folder.hpp"
#include "storage/inspected_database.hpp"
#include "storage/migration.hpp"
#include "storage/ownership.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

/// A database with the tables of a node, and copies of its file.
struct LivesFixture : DatabaseFixture {
  LivesFixture() {
    constexpr std::array<std::string_view, 1> owners{Ownership::storage_layer};
    const auto all = embedded_migrations();
    migrate(connection, migrations_of(owners, all), all, core::Timestamp{});
  }

  /// What a backup is, once it is put in its place.
  fs::path copy_in(const std::string& name) {
    const fs::path place = folder.path() / name;
    fs::create_directory(place);
    connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy_file(file, place / "orderflow.db");
    return place / "orderflow.db";
  }

  core::SeededRandom random{7};
};

std::int64_t at_forty(Connection&) {
  return 40;
}

TEST_CASE_FIXTURE(LivesFixture, "a database has one incarnation, until a copy of it is started") {
  const auto first = incarnations(connection, random);
  REQUIRE(first.size() == 1);
  CHECK(first[0].id.size() == 16);
  CHECK(first[0].since == 0);
  CHECK(incarnations(connection, random)[0].id == first[0].id);

  const fs::path copy = copy_in("restored");
  CHECK_FALSE(is_unstarted_copy(copy));
  mark_as_copy(copy);
  CHECK(is_unstarted_copy(copy));
  CHECK_FALSE(fs::exists(copy.string() + "-wal"));
  start_copy(copy, random, at_forty);
  CHECK_FALSE(is_unstarted_copy(copy));
  CHECK_FALSE(fs::exists(copy.string() + "-wal"));
  start_copy(copy, random, at_forty);

  Connection started(copy, Connection::Mode::read_write);
  const auto both = incarnations(started, random);
  REQUIRE(both.size() == 2);
  CHECK(both[0].id == first[0].id);
  CHECK(both[1].id != first[0].id);
  CHECK(both[1].since == 40);
}

TEST_CASE_FIXTURE(LivesFixture, "a copy whose first start did not finish is still a copy") {
  incarnations(connection, random);
  const fs::path copy = copy_in("restored");
  mark_as_copy(copy);
  CHECK_THROWS_AS(
      start_copy(copy, random, [](Connection&) -> std::int64_t { throw ForeignWal("x"); }),
      ForeignWal);
  CHECK(is_unstarted_copy(copy));
  CHECK_NOTHROW(require_own_wal(copy));
}

TEST_CASE_FIXTURE(LivesFixture,
                  "a copy with another database's log of writes beside it is refused") {
  const fs::path copy = copy_in("restored");
  mark_as_copy(copy);
  std::ofstream(copy.string() + "-wal") << "what the node before has left";
  CHECK_THROWS_WITH_AS(DataFolder(copy.parent_path()), doctest::Contains("orderflow.db-wal"),
                       DataFolderError);
  CHECK_THROWS_WITH_AS(InspectedDatabase(copy.parent_path()), doctest::Contains("orderflow.db-wal"),
                       NotInspectable);
  fs::remove(copy.string() + "-wal");
  CHECK_NOTHROW(DataFolder(copy.parent_path()));

  // One that was started has written it itself.
  start_copy(copy, random, at_forty);
  std::ofstream(copy.string() + "-wal") << "x";
  CHECK_NOTHROW(require_own_wal(copy));
}

TEST_CASE_FIXTURE(LivesFixture, "old incarnations are forgotten, by a bound") {
  for (std::int64_t n = 0; n <= incarnations_max; ++n) {
    connection.session(Ownership::storage_layer)
        .execute("INSERT INTO storage_life(id, since) VALUES(printf('%016x', ?1), ?1)", n);
  }
  connection.session(Ownership::storage_layer).execute("INSERT INTO storage_copy(only) VALUES(1)");
  const fs::path copy = copy_in("restored");
  start_copy(copy, random, at_forty);
  Connection started(copy, Connection::Mode::read_write);
  CHECK(incarnations(started, random).size() == static_cast<std::size_t>(incarnations_max));
}

TEST_CASE("a database from before incarnations is no copy, and stays as it is") {
  DatabaseFixture database;
  mark_as_copy(database.file);
  CHECK_FALSE(is_unstarted_copy(database.file));
  CHECK_FALSE(is_unstarted_copy(database.folder.path() / "none.db"));
}

}  // namespace
}  // namespace orderflow::storage
