#pragma once

#include <sqlite3.h>

namespace orderflow::storage {

class WalBatching;

/// Ends the writing when a sync of the database file fails.
///
/// SQLite passes that over: a checkpoint of its own accord drops its error, and the next one copies
/// only what it does not count as copied. But beside a reader it counts pages that it has copied
/// and not synced. After a failed sync the kernel takes them for written, although they may never
/// reach the disk (Rebello et al., ATC '20); the next sync succeeds, the write-ahead log begins
/// again, and they are nowhere. So nothing more reaches the log once a sync has failed: its
/// successor copies all of the log again.
///
/// Replaces the methods of an open file, whose last use must be its `xClose`. Outlives it. Used by
/// the thread that uses the file.
class SyncGuard {
 public:
  /// `log` is the file's, and outlives this.
  SyncGuard(sqlite3_file& database, WalBatching& log);
  SyncGuard(const SyncGuard&) = delete;
  SyncGuard& operator=(const SyncGuard&) = delete;

 private:
  static SyncGuard& of(sqlite3_file* database) noexcept;
  static int close(sqlite3_file* database) noexcept;
  static int sync(sqlite3_file* database, int flags) noexcept;

  sqlite3_io_methods methods_;  ///< first: `of` finds the object by it
  const sqlite3_io_methods* file_;
  WalBatching* log_;
};

}  // namespace orderflow::storage
