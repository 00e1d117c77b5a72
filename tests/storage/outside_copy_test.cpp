// A program outside that copies the write-ahead log as it grows, as Litestream does.
#include "database_fixture.hpp"
#include "outside_copier.hpp"
#include "storage/wal_batching.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace orderflow::storage {
namespace {

struct CopiedFixture : DatabaseFixture {
  CopiedFixture() { connection.run("CREATE TABLE t_row(n INTEGER PRIMARY KEY, text TEXT)"); }

  std::uint64_t log_file_bytes() const {
    return std::filesystem::file_size(std::filesystem::path(file).concat("-wal"));
  }

  /// One commit of so many rows of a page each.
  void commit(int rows) {
    const std::string count = std::to_string(rows);
    connection.run(("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < " +
                    count + ") INSERT INTO t_row(text) SELECT hex(randomblob(1900)) FROM i")
                       .c_str());
    rows_ += rows;
  }

  void grow_log_beyond(std::uint64_t bytes) {
    while (log_file_bytes() <= bytes)
      commit(500);
  }

  int rows() const { return rows_; }

 private:
  int rows_ = 0;
};

TEST_CASE_FIXTURE(CopiedFixture,
                  "who copies the log from outside finds the end of it after it has begun again") {
  OutsideCopier copier(file);
  grow_log_beyond(WalBatching::kept_bytes + (8U << 20));
  copier.copy();
  // Between its look and its checkpoint, and between that and its own write.
  commit(3);
  copier.checkpoint([&] { commit(2); });
  commit(1);
  copier.copy();
  CHECK(copier.findings(folder.path() / "copy.db") == "ok");
  CHECK(copier.rows_in(folder.path() / "copy.db", "t_row") == rows());
}

TEST_CASE_FIXTURE(CopiedFixture,
                  "the file of the log becomes smaller when it has long been large") {
  {
    Connection reader(file, Connection::Mode::read_only);
    reader.run("BEGIN; SELECT count(*) FROM t_row");
    grow_log_beyond(WalBatching::kept_bytes + (8U << 20));
  }
  // The first finishes the checkpoint, by which the second begins the log again.
  commit(1);
  const auto large = log_file_bytes();
  commit(1);
  CHECK(connection.log_bytes() < WalBatching::kept_bytes);
  for (int look = 1; look < WalBatching::looks_kept; ++look) {
    connection.look_at_log();
    commit(1);
    CHECK(log_file_bytes() == large);
  }
  connection.look_at_log();
  commit(1);
  CHECK(log_file_bytes() == WalBatching::kept_bytes);
  connection.run("PRAGMA wal_checkpoint(PASSIVE)");
  CHECK(log_file_bytes() == WalBatching::kept_bytes);
}

TEST_CASE_FIXTURE(CopiedFixture, "what is in use of the log is never given back") {
  Connection reader(file, Connection::Mode::read_only);
  reader.run("BEGIN; SELECT count(*) FROM t_row");
  grow_log_beyond(WalBatching::kept_bytes + (8U << 20));
  for (int look = 0; look < 3 * WalBatching::looks_kept; ++look) {
    connection.look_at_log();
    commit(1);
  }
  CHECK(log_file_bytes() > WalBatching::kept_bytes + (8U << 20));
  reader.run("COMMIT");
  CHECK(connection.log_bytes() > WalBatching::kept_bytes);
}

}  // namespace
}  // namespace orderflow::storage
