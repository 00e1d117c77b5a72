#include "storage/sync_guard.hpp"

#include "core/c_border.hpp"
#include "storage/wal_batching.hpp"

#include <type_traits>

namespace orderflow::storage {

SyncGuard::SyncGuard(sqlite3_file& database, WalBatching& log)
    : methods_(*database.pMethods), file_(database.pMethods), log_(&log) {
  static_assert(std::is_standard_layout_v<SyncGuard>);
  methods_.xClose = core::never_throws(close);
  methods_.xSync = core::never_throws(sync);
  database.pMethods = &methods_;
}

SyncGuard& SyncGuard::of(sqlite3_file* database) noexcept {
  return *reinterpret_cast<SyncGuard*>(const_cast<sqlite3_io_methods*>(database->pMethods));
}

int SyncGuard::sync(sqlite3_file* database, int flags) noexcept {
  SyncGuard& it = of(database);
  const int code = it.file_->xSync(database, flags);
  if (code != SQLITE_OK) it.log_->fail(code);
  return code;
}

int SyncGuard::close(sqlite3_file* database) noexcept {
  const sqlite3_io_methods* const file = of(database).file_;
  database->pMethods = file;
  return file->xClose(database);
}

}  // namespace orderflow::storage
