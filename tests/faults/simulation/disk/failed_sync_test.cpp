#include "faults/simulation/disk/allocation_faults.hpp"
#include "faults/simulation/disk/simulated_vfs.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/ownership.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>

namespace orderflow::simulation {
namespace {

constexpr const char* unsynced_file = "/simulated/node.db";
constexpr const char* make_table =
    "CREATE TABLE t_row(n INTEGER PRIMARY KEY, body TEXT NOT NULL, kind TEXT);"
    "CREATE INDEX t_row_by_kind ON t_row(kind)";

std::unique_ptr<storage::Connection> open() {
  return std::make_unique<storage::Connection>(unsynced_file,
                                               storage::Connection::Mode::read_write);
}

void add(storage::Connection& connection, int n) {
  storage::Transaction transaction(connection);
  connection.session("t").execute("INSERT INTO t_row(n, body) VALUES(?1, printf('%.*c', 900, 'x'))",
                                  n);
  transaction.commit();
}

bool has(storage::Connection& connection, int n) {
  return connection.session("t").query("SELECT 1 FROM t_row WHERE n = ?1", n).next();
}

/// True where the file alone, without its log's index, is as SQLite wants it.
bool is_sound(storage::Connection& connection) {
  auto rows = connection.session(storage::Ownership::storage_layer).query("PRAGMA integrity_check");
  return rows.next() && rows.get<std::string>(0) == "ok";
}

/// A machine with one database, whose table has as many rows as it is made with.
struct SyncedMachine {
  explicit SyncedMachine(std::uint64_t seed, int rows = 0) : machine(seed) {
    connection->run_migration("t", make_table);
    for (int n = 1; n <= rows; ++n)
      add(*connection, n);
  }

  /// The process ends where it is.
  void die() {
    machine.alive = false;
    connection.reset();
    machine.alive = true;
  }

  void die_without_power() {
    die();
    machine.disk.lose_power(machine.random);
  }

  Machine machine;
  const AllocationFaults allocations{machine.faults};
  const SimulatedVfs vfs{machine};
  std::unique_ptr<storage::Connection> connection = open();
};

}  // namespace

TEST_CASE("a commit behind one whose sync has failed survives a power loss") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    SyncedMachine node(seed);
    auto& connection = node.connection;
    add(*connection, 1);
    node.machine.faults.arm(Fault::sync, 1, 1);
    CHECK_THROWS_AS(add(*connection, 2), storage::StorageFailure);
    node.die();

    connection = open();
    add(*connection, 3);
    node.die_without_power();

    connection = open();
    CHECK(has(*connection, 1));
    CHECK(has(*connection, 3));
  }
}

TEST_CASE("a start writes the last transaction of a long log again, and not all of it") {
  SyncedMachine node(1);
  auto& connection = node.connection;
  connection->run("PRAGMA wal_autocheckpoint=0");
  // More than two megabytes, of which one write takes 64 KiB.
  for (int n = 1; n <= 300; ++n)
    add(*connection, n);
  node.die();
  node.machine.faults.arm(Fault::write, 10, Faults::for_good);
  connection = open();
  CHECK(has(*connection, 300));
}

TEST_CASE("a start whose own sync fails leaves the file sound") {
  int gone = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    SyncedMachine node(seed, 40);
    auto& connection = node.connection;
    connection.reset();
    connection = open();
    // Both change the one page of the index, and each another page of the table.
    add(*connection, 41);
    node.machine.faults.arm(Fault::sync, 1, 2);
    CHECK_THROWS_AS(add(*connection, 0), storage::StorageFailure);
    node.die();
    CHECK_THROWS_AS(open(), storage::StorageFailure);
    node.machine.disk.lose_power(node.machine.random);

    connection = open();
    CHECK(has(*connection, 41));
    if (!has(*connection, 0)) ++gone;
    CHECK(is_sound(*connection));
  }
  CHECK(gone > 10);
}

TEST_CASE("a checkpoint whose sync fails ends the writing, and its pages come from the log again") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    SyncedMachine node(seed, 40);
    auto& connection = node.connection;
    {
      // Beside a reader SQLite copies a part of the log, and does not sync what it copies.
      storage::Connection reader(unsynced_file, storage::Connection::Mode::read_only);
      const storage::Snapshot reading(reader);
      CHECK(has(reader, 40));
      add(*connection, 41);
      connection->run("PRAGMA wal_checkpoint(PASSIVE)");
    }
    node.machine.faults.arm(Fault::sync, 2, 1);  // of the log first, then of the file
    CHECK_THROWS_AS(connection->run("PRAGMA wal_checkpoint(PASSIVE)"), storage::StorageFailure);
    CHECK_THROWS_AS(add(*connection, 42), storage::StorageFailure);
    CHECK_THROWS_AS(connection->run("PRAGMA wal_checkpoint(PASSIVE)"), storage::StorageFailure);
    node.die_without_power();

    connection = open();
    CHECK(has(*connection, 41));
    CHECK(is_sound(*connection));
  }
}

}  // namespace orderflow::simulation
