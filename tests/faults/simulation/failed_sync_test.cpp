#include "faults/simulation/allocation_faults.hpp"
#include "faults/simulation/simulated_vfs.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>

namespace orderflow::simulation {
namespace {

constexpr const char* file = "/simulated/node.db";

std::unique_ptr<storage::Connection> open() {
  return std::make_unique<storage::Connection>(file, storage::Connection::Mode::read_write);
}

void add(storage::Connection& connection, int n) {
  storage::Transaction transaction(connection);
  connection.session("t").execute("INSERT INTO t_row(n) VALUES(?1)", n);
  transaction.commit();
}

bool has(storage::Connection& connection, int n) {
  return connection.session("t").query("SELECT 1 FROM t_row WHERE n = ?1", n).next();
}

void die(Machine& machine, std::unique_ptr<storage::Connection>& connection) {
  machine.alive = false;
  connection.reset();
  machine.alive = true;
}

}  // namespace

TEST_CASE("a commit behind one whose sync has failed survives a power loss") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Machine machine(seed);
    const AllocationFaults allocations(machine.faults);
    const SimulatedVfs vfs(machine);
    auto connection = open();
    connection->run_migration("t", "CREATE TABLE t_row(n INTEGER PRIMARY KEY)");
    add(*connection, 1);
    machine.faults.arm(Fault::sync, 1, 1);
    CHECK_THROWS_AS(add(*connection, 2), storage::StorageFailure);
    die(machine, connection);

    connection = open();
    add(*connection, 3);
    die(machine, connection);
    machine.disk.lose_power(machine.random);

    connection = open();
    CHECK(has(*connection, 1));
    CHECK(has(*connection, 3));
  }
}

}  // namespace orderflow::simulation
