#include "storage/wal_batching.hpp"

#include "core/c_border.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace orderflow::storage {
namespace {

/// A frame's header has the size of the database, in pages, after a commit; 0 where more follows.
constexpr std::size_t frame_header_bytes = 24;

bool commits(const char* frame_header) noexcept {
  return std::any_of(frame_header + 4, frame_header + 8, [](char c) { return c != 0; });
}

}  // namespace

WalBatching::WalBatching(sqlite3_file& log) : methods_(*log.pMethods), file_(log.pMethods) {
  static_assert(std::is_standard_layout_v<WalBatching>);
  methods_.iVersion = 1;  // SQLite neither maps the log into memory nor keeps its index in it
  methods_.xClose = core::never_throws(close);
  methods_.xRead = core::never_throws(read);
  methods_.xWrite = core::never_throws(write);
  methods_.xTruncate = core::never_throws(truncate);
  methods_.xSync = core::never_throws(sync);
  methods_.xFileSize = core::never_throws(tell_size);
  methods_.xFileControl = core::never_throws(control);
  gathered_.reserve(bytes_max);
  log.pMethods = &methods_;
}

WalBatching& WalBatching::of(sqlite3_file* log) noexcept {
  return *reinterpret_cast<WalBatching*>(const_cast<sqlite3_io_methods*>(log->pMethods));
}

int WalBatching::flush(sqlite3_file* log) {
  if (failure_ == SQLITE_OK && !gathered_.empty()) {
    failure_ = file_->xWrite(log, gathered_.data(), static_cast<int>(gathered_.size()), begin_);
    gathered_.clear();
  }
  return failure_;
}

void WalBatching::fail(int code) noexcept {
  if (failure_ == SQLITE_OK) failure_ = code;
}

int WalBatching::gather(sqlite3_file* log, const char* bytes, std::size_t size,
                        sqlite3_int64 offset) {
  const auto end = begin_ + static_cast<sqlite3_int64>(gathered_.size());
  if (offset != end || gathered_.size() + size > bytes_max) flush(log);
  const auto written_to = static_cast<std::uint64_t>(offset) + size;
  // The log's own header is written where the log begins again.
  used_ = offset == 0 ? written_to : std::max(used_, written_to);
  if (written_to > kept_bytes) {
    quiet_looks_ = 0;
    may_shrink_ = false;
  }
  if (failure_ != SQLITE_OK) return failure_;
  if (size > bytes_max) {
    return failure_ = file_->xWrite(log, bytes, static_cast<int>(size), offset);
  }
  if (gathered_.empty()) begin_ = offset;
  gathered_.append(bytes, size);
  if (size == frame_header_bytes) {
    commits_ = commits(bytes);
    return SQLITE_OK;
  }
  return commits_ ? commit(log) : SQLITE_OK;
}

int WalBatching::commit(sqlite3_file* log) {
  if (flush(log) != SQLITE_OK || !std::exchange(may_shrink_, false)) return failure_;
  // What is behind this commit is of an older log, and whoever would write there waits for us. As
  // in SQLite, a file that cannot be made smaller stays as it is.
  sqlite3_int64 size = 0;
  constexpr auto kept = static_cast<sqlite3_int64>(kept_bytes);
  if (file_->xFileSize(log, &size) == SQLITE_OK && size > kept) file_->xTruncate(log, kept);
  return SQLITE_OK;
}

void WalBatching::look() noexcept {
  quiet_looks_ = std::min(quiet_looks_ + 1, looks_kept);
  may_shrink_ = quiet_looks_ == looks_kept;
}

int WalBatching::write(sqlite3_file* log, const void* bytes, int size,
                       sqlite3_int64 offset) noexcept {
  return core::at_c_border(SQLITE_IOERR_NOMEM, [&] {
    return of(log).gather(log, static_cast<const char*>(bytes), static_cast<std::size_t>(size),
                          offset);
  });
}

int WalBatching::sync(sqlite3_file* log, int flags) noexcept {
  WalBatching& it = of(log);
  if (it.flush(log) == SQLITE_OK) it.fail(it.file_->xSync(log, flags));
  return it.failure_;
}

int WalBatching::read(sqlite3_file* log, void* into, int size, sqlite3_int64 offset) noexcept {
  WalBatching& it = of(log);
  const int code = it.flush(log);
  return code == SQLITE_OK ? it.file_->xRead(log, into, size, offset) : code;
}

int WalBatching::truncate(sqlite3_file* log, sqlite3_int64 size) noexcept {
  WalBatching& it = of(log);
  const int code = it.flush(log);
  it.used_ = std::min(it.used_, static_cast<std::uint64_t>(size));
  return code == SQLITE_OK ? it.file_->xTruncate(log, size) : code;
}

int WalBatching::tell_size(sqlite3_file* log, sqlite3_int64* size) noexcept {
  WalBatching& it = of(log);
  const int code = it.flush(log);
  return code == SQLITE_OK ? it.file_->xFileSize(log, size) : code;
}

int WalBatching::control(sqlite3_file* log, int operation, void* argument) noexcept {
  return of(log).file_->xFileControl(log, operation, argument);
}

int WalBatching::close(sqlite3_file* log) noexcept {
  // What may still be gathered was not committed.
  const sqlite3_io_methods* const file = of(log).file_;
  log->pMethods = file;
  return file->xClose(log);
}

}  // namespace orderflow::storage
