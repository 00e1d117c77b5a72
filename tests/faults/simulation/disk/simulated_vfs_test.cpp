// The simulated disk has teeth: it takes what was not synced, and leaves what was.
#include "faults/simulation/disk/simulated_vfs.hpp"
#include "faults/simulation/disk/allocation_faults.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::simulation {
namespace {

constexpr std::uint64_t rounds = 60;

/// A connection of plain SQLite, which ignores what fails on the way: the last code counts.
class Plain {
 public:
  explicit Plain(const char* settings) {
    sqlite3_open("/simulated/plain.db", &connection_);
    run(settings);
  }
  ~Plain() { sqlite3_close(connection_); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  int run(const std::string& sql) {
    return sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  }

  /// Nothing where the query fails.
  std::optional<std::string> ask(const char* sql) {
    std::optional<std::string> answer;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection_, sql, -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
      answer = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return answer;
  }

 private:
  sqlite3* connection_ = nullptr;
};

struct Loss {
  int lost = 0;     ///< rounds in which a committed row was gone
  int corrupt = 0;  ///< rounds after which the file was no longer sound
};

/// Commits row after row, is cut off somewhere, loses power, and looks again.
Loss commit_and_lose_power(const std::string& settings) {
  Loss loss;
  for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
    Machine machine(seed);
    const AllocationFaults allocations(machine.faults);
    const SimulatedVfs vfs(machine);
    int committed = 0;
    {
      Plain plain(settings.c_str());
      plain.run("CREATE TABLE t(n INTEGER PRIMARY KEY, filler TEXT NOT NULL)");
      machine.faults.arm(Fault::cut, 1 + machine.random.below(200), Faults::for_good);
      const std::string row = "INSERT INTO t VALUES(NULL, hex(randomblob(600)))";
      while (machine.alive && plain.run(row) == SQLITE_OK)
        ++committed;
      machine.alive = false;
    }
    machine.disk.lose_power(machine.random);
    machine.faults.heal();
    machine.alive = true;
    Plain plain(settings.c_str());
    const auto count = plain.ask("SELECT count(*) FROM t");
    if (!count || std::stoi(*count) < committed) ++loss.lost;
    if (plain.ask("PRAGMA integrity_check").value_or("") != "ok") ++loss.corrupt;
  }
  return loss;
}

}  // namespace

TEST_CASE("a power loss takes commits that were never synced") {
  const Loss wal = commit_and_lose_power("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF");
  CHECK(wal.lost > 10);
  const Loss wal_normal =
      commit_and_lose_power("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  CHECK(wal_normal.lost > 10);
  CHECK(wal_normal.corrupt == 0);
  const Loss rollback = commit_and_lose_power("PRAGMA synchronous=OFF");
  CHECK(rollback.lost + rollback.corrupt > 10);
  CHECK(rollback.corrupt > 0);
  // A rollback journal whose removal was not synced comes back and undoes the commit: what EXTRA
  // is for.
  const Loss rollback_full = commit_and_lose_power("PRAGMA synchronous=FULL");
  CHECK(rollback_full.lost > 10);
  CHECK(rollback_full.corrupt == 0);
}

TEST_CASE("a power loss takes nothing that was synced") {
  for (const char* settings :
       {"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8",
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", "PRAGMA synchronous=EXTRA"}) {
    CAPTURE(settings);
    const Loss loss = commit_and_lose_power(settings);
    CHECK(loss.lost == 0);
    CHECK(loss.corrupt == 0);
  }
}

TEST_CASE("what a failed sync has dropped is not brought to disk by the next one") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
    core::SeededRandom random(seed);
    MemoryDisk disk;
    disk.find_or_create("f")->write(0, "all");
    disk.sync_directory();
    disk.find("f")->fail_sync(random);
    disk.find("f")->sync();
    CHECK(disk.find("f")->content() == "all");
    disk.lose_power(random);
    if (disk.find("f")->content() != "all") ++lost;
  }
  CHECK(lost > 10);
}

TEST_CASE(
    "a name that was not synced may be lost with its file, and one that was removed be back") {
  int lost = 0;
  int back = 0;
  for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
    core::SeededRandom random(seed);
    MemoryDisk disk;
    disk.find_or_create("old");
    disk.sync_directory();
    disk.remove("old");
    disk.find_or_create("new")->sync();
    disk.lose_power(random);
    if (!disk.find("new")) ++lost;
    if (disk.find("old")) ++back;
  }
  CHECK(lost > 10);
  CHECK(back > 10);
}

TEST_CASE("an armed fault fails the operation that it was armed for") {
  Machine machine(1);
  const AllocationFaults allocations(machine.faults);
  const SimulatedVfs vfs(machine);
  Plain plain("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(n)");
  const std::string row = "INSERT INTO t VALUES(1)";
  const auto code_after = [&](Fault fault) {
    machine.faults.arm(fault, 1, 1);
    const int code = plain.run(row);
    CHECK(machine.faults.hits(fault) == 1);
    machine.faults.heal();
    CHECK(plain.run(row) == SQLITE_OK);
    return code;
  };
  CHECK(code_after(Fault::write) == SQLITE_IOERR);
  CHECK(code_after(Fault::sync) == SQLITE_IOERR);
  CHECK(code_after(Fault::disk_full) == SQLITE_FULL);
  CHECK(code_after(Fault::allocation) == SQLITE_NOMEM);
  CHECK(plain.ask("PRAGMA integrity_check") == "ok");
}

}  // namespace orderflow::simulation
