#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace orderflow::storage {

/// Gathers what SQLite writes to a write-ahead log, so that a transaction costs a few calls of the
/// system in place of two for each of its pages. By the time that the frame which commits a
/// transaction is written, all of it is with the system, and when SQLite has synced, on the disk:
/// nobody is notified sooner than without, and other connections see the same
/// (sqlite.org/fileformat2.html#the_write_ahead_log). The connection syncs each commit
/// (synchronous=FULL): a header that SQLite writes again, where a page was written twice, leaves
/// then.
///
/// Where what was gathered cannot be written, each write and sync from then on fails with that
/// error, for SQLite was already given success for a part of it: nothing more can be committed.
/// The same where a sync of the log has failed.
///
/// The file keeps the size that it once had, for a time, where SQLite would cut it off by
/// `journal_size_limit` in the very commit that begins the log again: programs that copy the log
/// from outside (Litestream) read the end of the log before from behind the new one, and would miss
/// transactions without noticing.
///
/// Replaces the methods of an open file, whose last use must be its `xClose`. Outlives it. Used by
/// the thread that uses the file.
class WalBatching {
 public:
  explicit WalBatching(sqlite3_file& log);
  WalBatching(const WalBatching&) = delete;
  WalBatching& operator=(const WalBatching&) = delete;

  /// Bytes of the log that are in use: SQLite begins again at its head where nobody reads from it.
  std::uint64_t bytes_used() const noexcept { return used_; }

  /// Each write and sync fails with `code` from now on: nothing more can be committed.
  void fail(int code) noexcept;

  /// To be called now and then, between transactions. Where nothing was written behind `kept_bytes`
  /// in as many calls as `looks_kept`, the next commit gives that part of the file back.
  void look() noexcept;
  static constexpr std::uint64_t kept_bytes = 32ULL << 20;
  static constexpr int looks_kept = 12;  ///< a minute, where a look comes each scan interval

  /// SQLite's own file system takes less than 128 KiB in one write.
  static constexpr std::size_t bytes_max = 65'536;

 private:
  static WalBatching& of(sqlite3_file* log) noexcept;
  static int close(sqlite3_file* log) noexcept;
  static int read(sqlite3_file* log, void* into, int size, sqlite3_int64 offset) noexcept;
  static int write(sqlite3_file* log, const void* bytes, int size, sqlite3_int64 offset) noexcept;
  static int truncate(sqlite3_file* log, sqlite3_int64 size) noexcept;
  static int sync(sqlite3_file* log, int flags) noexcept;
  static int tell_size(sqlite3_file* log, sqlite3_int64* size) noexcept;
  static int control(sqlite3_file* log, int operation, void* argument) noexcept;

  int gather(sqlite3_file* log, const char* bytes, std::size_t size, sqlite3_int64 offset);
  int flush(sqlite3_file* log);
  int commit(sqlite3_file* log);

  sqlite3_io_methods methods_;  ///< first: `of` finds the object by it
  const sqlite3_io_methods* file_;
  std::string gathered_;
  sqlite3_int64 begin_ = 0;  ///< the offset of what is gathered
  std::uint64_t used_ = 0;   ///< the end of what was written since it began again
  int quiet_looks_ = 0;      ///< since something was written behind `kept_bytes`
  bool may_shrink_ = false;  ///< the next commit may make the file smaller
  bool commits_ = false;     ///< the last header of a frame was of one that commits
  int failure_ = SQLITE_OK;
};

}  // namespace orderflow::storage
