#include "storage/inspected_database.hpp"

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

struct InspectionFixture : DatabaseFixture {
  InspectionFixture() {
    migrate(connection, steps, steps, core::from_micros(1));
    connection.run("CREATE TABLE event_log(seq)");
  }

  std::string failing() {
    InspectedDatabase inspected(file);
    IntegrityReport report;
    check_storage(inspected.connection(), steps, true, report);
    std::string names;
    for (const IntegrityCheck& check : report.checks()) {
      if (check.result() == IntegrityCheck::Result::failed) names += check.name() + ";";
    }
    return names;
  }
};

TEST_CASE_FIXTURE(InspectionFixture, "a sound file passes") {
  CHECK(failing().empty());
}

TEST_CASE_FIXTURE(InspectionFixture, "a row that refers to nothing is found") {
  connection.run("PRAGMA foreign_keys=OFF; INSERT INTO t_child VALUES(404, 1)");
  CHECK(failing() == "storage: foreign keys;");
}

TEST_CASE_FIXTURE(InspectionFixture, "an index that lacks a row is found") {
  connection.run("INSERT INTO t_child VALUES(NULL, 7)");
  connection.run(
      "PRAGMA writable_schema=ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, '> 10', '> 1') WHERE name = 't_child_large'");
  CHECK(failing() == "storage: integrity;");
}

TEST_CASE_FIXTURE(InspectionFixture, "one read sees one moment, whatever a node writes meanwhile") {
  connection.run("INSERT INTO t_parent VALUES(1)");
  InspectedDatabase inspected(file);
  connection.run("INSERT INTO t_parent VALUES(2)");
  auto rows = inspected.connection().session("t").query("SELECT count(*) FROM t_parent");
  rows.next();
  CHECK(rows.get<int>(0) == 1);
  CHECK_NOTHROW(inspected.require_unchanged());
}

TEST_CASE("a file that a node opens while it is read is not judged") {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "orderflow.db";
  {
    Connection connection(file, Connection::Mode::read_write);
    migrate(connection, steps, steps, core::from_micros(1));
    connection.run("CREATE TABLE event_log(seq)");
  }
  InspectedDatabase inspected(folder.path());
  CHECK_NOTHROW(inspected.require_unchanged());
  Connection node(file, Connection::Mode::read_write);
  node.run("INSERT INTO t_parent VALUES(1)");
  CHECK_THROWS_WITH_AS(inspected.require_unchanged(), doctest::Contains("a node has opened"),
                       NotInspectable);
}

}  // namespace
}  // namespace orderflow::storage
