#include "faults/simulation/disk/allocation_faults.hpp"
#include "faults/simulation/disk/simulated_vfs.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/readers.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace orderflow::simulation {
namespace {

constexpr const char* starved_file = "/simulated/node.db";

}  // namespace

TEST_CASE("a body that cannot be undone is not committed with the others") {
  int spoiled = 0;
  for (std::uint64_t nth = 1; nth <= 40; ++nth) {
    CAPTURE(nth);
    Machine machine(nth);
    const AllocationFaults allocations(machine.faults);
    const SimulatedVfs vfs(machine);
    storage::Connection connection(starved_file, storage::Connection::Mode::read_write);
    connection.run_migration("t", "CREATE TABLE t_row(n INTEGER PRIMARY KEY)");
    auto session = connection.session("t");
    const auto insert = [&session](int n) {
      session.execute("INSERT INTO t_row(n) VALUES(?1)", n);
    };
    bool committed = false;
    try {
      storage::Transaction transaction(connection);
      insert(1);
      {
        const storage::Savepoint undone(connection);
        insert(2);
        machine.faults.arm(Fault::allocation, nth, 1);
      }
      machine.faults.heal();
      transaction.commit();
      committed = true;
    } catch (const storage::StorageFailure&) {
      ++spoiled;
    }
    CHECK(session.query("SELECT 1 FROM t_row WHERE n = 1").next() == committed);
    CHECK_FALSE(session.query("SELECT 1 FROM t_row WHERE n = 2").next());
  }
  CHECK(spoiled > 0);
}

TEST_CASE("a reader that ran out of memory does not spoil the reads after it") {
  int failed = 0;
  for (std::uint64_t nth = 1; nth <= 400; ++nth) {
    CAPTURE(nth);
    Machine machine(nth);
    const AllocationFaults allocations(machine.faults);
    const SimulatedVfs vfs(machine);
    storage::Connection connection(starved_file, storage::Connection::Mode::read_write);
    connection.run_migration("t", "CREATE TABLE t_row(n INTEGER PRIMARY KEY)");
    storage::Readers readers(starved_file);
    const auto count = [&] {
      return readers.read("t", [](storage::Session session) {
        auto rows = session.query("SELECT count(*) FROM t_row");
        rows.next();
        return rows.get<int>(0);
      });
    };
    machine.faults.arm(Fault::allocation, nth, 1);
    try {
      const int rows = count();
      CHECK(rows == 0);
    } catch (const storage::StorageFailure&) {
      ++failed;
    }
    machine.faults.heal();
    connection.session("t").execute("INSERT INTO t_row DEFAULT VALUES");
    CHECK(count() == 1);
  }
  CHECK(failed > 0);
}

}  // namespace orderflow::simulation
