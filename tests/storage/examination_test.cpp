#include "storage/examination.hpp"

#include "database_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::storage {
namespace {

const std::vector<Migration> steps = {
    {"storage", 1, "node", "CREATE TABLE storage_node(only INTEGER, name TEXT)"},
    {"t", 1, "tables",
     "CREATE TABLE t_parent(n INTEGER PRIMARY KEY) STRICT;"
     "CREATE TABLE t_child(n INTEGER REFERENCES t_parent(n), m INTEGER) STRICT;"
     "CREATE INDEX t_child_large ON t_child(m) WHERE m > 10"}};

struct ExaminationFixture : DatabaseFixture {
  ExaminationFixture() {
    migrate(connection, steps, steps, core::from_micros(1));
    connection.run("CREATE TABLE event_log(seq)");
  }

  std::string failing() {
    ExaminedFile examined(file);
    Checkup checkup;
    examine(examined.connection(), steps, true, checkup);
    std::string names;
    for (const Check& check : checkup.checks()) {
      if (check.result() == Check::Result::failed) names += check.name() + ";";
    }
    return names;
  }
};

TEST_CASE_FIXTURE(ExaminationFixture, "a sound file passes") {
  CHECK(failing().empty());
}

TEST_CASE_FIXTURE(ExaminationFixture, "a row that refers to nothing is found") {
  connection.run("PRAGMA foreign_keys=OFF; INSERT INTO t_child VALUES(404, 1)");
  CHECK(failing() == "storage: foreign keys;");
}

TEST_CASE_FIXTURE(ExaminationFixture, "an index that lacks a row is found") {
  connection.run("INSERT INTO t_child VALUES(NULL, 7)");
  connection.run(
      "PRAGMA writable_schema=ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, '> 10', '> 1') WHERE name = 't_child_large'");
  CHECK(failing() == "storage: integrity;");
}

TEST_CASE_FIXTURE(ExaminationFixture,
                  "one read sees one moment, whatever a node writes meanwhile") {
  connection.run("INSERT INTO t_parent VALUES(1)");
  ExaminedFile examined(file);
  connection.run("INSERT INTO t_parent VALUES(2)");
  auto rows = examined.connection().session("t").query("SELECT count(*) FROM t_parent");
  rows.next();
  CHECK(rows.get<int>(0) == 1);
  CHECK_NOTHROW(examined.require_unchanged());
}

TEST_CASE("a file that a node opens while it is read is not judged") {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "orderflow.db";
  {
    Connection connection(file, Connection::Mode::read_write);
    migrate(connection, steps, steps, core::from_micros(1));
    connection.run("CREATE TABLE event_log(seq)");
  }
  ExaminedFile examined(folder.path());
  CHECK_NOTHROW(examined.require_unchanged());
  Connection node(file, Connection::Mode::read_write);
  node.run("INSERT INTO t_parent VALUES(1)");
  CHECK_THROWS_WITH_AS(examined.require_unchanged(), doctest::Contains("a node has opened"),
                       NotExaminable);
}

}  // namespace
}  // namespace orderflow::storage
