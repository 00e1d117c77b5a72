#include "storage/openings.hpp"

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

/// A data folder that a node opens, is killed in, and is started in again.
struct OpeningsFixture {
  /// What a node does with its folder; `work` runs while the database is open.
  template <typename Work>
  void open(Work work) {
    const DataFolder locked(place);
    Connection connection(file, Connection::Mode::read_write);
    constexpr std::array<std::string_view, 1> owners{Ownership::storage_layer};
    const auto all = embedded_migrations();
    migrate(connection, migrations_of(owners, all), all, core::Timestamp{});
    mark_opening(connection, file, random);
    work(connection);
  }

  /// A folder as one opening leaves it that is killed: what it wrote stands in the log of writes.
  void be_killed() {
    const fs::path left = folder.path() / "left";
    open([&](Connection&) {
      fs::create_directory(left);
      for (const char* suffix : {"", "-wal"})
        fs::copy_file(file.string() + suffix, left / ("orderflow.db" + std::string(suffix)));
    });
    for (const char* suffix : {"", "-wal"}) {
      fs::copy_file(left / ("orderflow.db" + std::string(suffix)), file.string() + suffix,
                    fs::copy_options::overwrite_existing);
    }
    fs::remove_all(left);
    REQUIRE(fs::file_size(file.string() + "-wal") > 0);
  }

  void stop_in_order() {
    open([](Connection& connection) { connection.run("PRAGMA wal_checkpoint(TRUNCATE)"); });
  }

  void expect_foreign_log() {
    CHECK_THROWS_WITH_AS(DataFolder{place}, doctest::Contains("orderflow.db-wal"), DataFolderError);
    CHECK_THROWS_WITH_AS(InspectedDatabase{place}, doctest::Contains("orderflow.db-wal"),
                         NotInspectable);
  }

  test::TemporaryFolder folder;
  const fs::path place = folder.path() / "data";
  const fs::path file = place / "orderflow.db";
  core::SeededRandom random{7};
};

TEST_CASE_FIXTURE(OpeningsFixture,
                  "a killed node's log of writes is its own, however often it is killed") {
  be_killed();
  CHECK_FALSE(has_foreign_log(file));
  for (std::size_t i = 0; i < 2 * openings_max; ++i)
    be_killed();
  CHECK_FALSE(has_foreign_log(file));
  stop_in_order();
  be_killed();
  CHECK_FALSE(has_foreign_log(file));
}

TEST_CASE_FIXTURE(OpeningsFixture,
                  "a plain copy of an earlier time is not given what a killed node has left") {
  stop_in_order();
  const fs::path copy = folder.path() / "copy.db";
  fs::copy_file(file, copy);
  stop_in_order();
  be_killed();
  fs::copy_file(copy, file, fs::copy_options::overwrite_existing);
  expect_foreign_log();
  fs::remove(file.string() + "-wal");
  fs::remove(file.string() + "-shm");
  stop_in_order();
  be_killed();
  CHECK_FALSE(has_foreign_log(file));
}

TEST_CASE_FIXTURE(OpeningsFixture, "another database is not given what a killed node has left") {
  stop_in_order();
  be_killed();
  const test::TemporaryFolder elsewhere;
  {
    Connection other(elsewhere.path() / "other.db", Connection::Mode::read_write);
    other.run("CREATE TABLE storage_opening(only INTEGER, mark TEXT) STRICT");
  }
  fs::copy_file(elsewhere.path() / "other.db", file, fs::copy_options::overwrite_existing);
  expect_foreign_log();
}

TEST_CASE_FIXTURE(OpeningsFixture, "a folder without marks beside its database is taken as it is") {
  stop_in_order();
  be_killed();
  fs::remove(file.string() + "-openings");
  CHECK_FALSE(has_foreign_log(file));
  stop_in_order();
  CHECK(fs::exists(file.string() + "-openings"));
}

TEST_CASE_FIXTURE(
    OpeningsFixture,
    "a start that ends before its mark is written leaves a folder that can be started") {
  stop_in_order();
  const fs::path copy = folder.path() / "copy.db";
  fs::copy_file(file, copy);
  stop_in_order();
  fs::copy_file(copy, file, fs::copy_options::overwrite_existing);
  { const DataFolder locked(place); }
  std::ofstream(file.string() + "-wal") << "what was written before the mark";
  CHECK_FALSE(has_foreign_log(file));
}

/// Writes over a page in the middle of a file.
void damage(const fs::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2 / 4096 * 4096);
  stream.seekp(middle);
  stream << std::string(4096, 'x');
}

void fill(Connection& connection) {
  connection.run(
      "CREATE TABLE storage_row(n INTEGER PRIMARY KEY, text TEXT);"
      "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 100)"
      " INSERT INTO storage_row(text) SELECT hex(randomblob(1900)) FROM i;"
      "PRAGMA wal_checkpoint(TRUNCATE)");
}

TEST_CASE_FIXTURE(OpeningsFixture, "a file that was not opened here before is checked as a whole") {
  open(fill);
  const fs::path elsewhere = folder.path() / "elsewhere";
  fs::create_directory(elsewhere);
  fs::permissions(elsewhere, fs::perms::owner_all);
  fs::copy_file(file, elsewhere / "orderflow.db");
  CHECK_NOTHROW(DataFolder{elsewhere});
  fs::remove(elsewhere / "orderflow.db-openings");
  damage(elsewhere / "orderflow.db");
  // Nor is it taken for a known one at the next start.
  for (int start = 0; start < 2; ++start) {
    CHECK_THROWS_WITH_AS(DataFolder{elsewhere}, doctest::Contains("orderflow.db is damaged"),
                         DataFolderError);
  }
}

TEST_CASE_FIXTURE(OpeningsFixture, "a file that was cut off is refused at every start") {
  open(fill);
  CHECK_NOTHROW(DataFolder{place});
  fs::resize_file(file, fs::file_size(file) - 4096);
  CHECK_THROWS_WITH_AS(DataFolder{place}, doctest::Contains("orderflow.db is damaged: it has"),
                       DataFolderError);
}

}  // namespace
}  // namespace orderflow::storage
