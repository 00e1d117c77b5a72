#include "storage/wal_renewal.hpp"

#include "storage/error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace orderflow::storage {
namespace {

// SQLite's own file system takes less than 128 KiB in one write; of more it writes a part or
// nothing.
constexpr sqlite3_int64 chunk_bytes = 65'536;

void check(int code) {
  if (code != SQLITE_OK) throw_error(nullptr, code, "renew the write-ahead log");
}

}  // namespace

void renew_wal(sqlite3_file& wal) {
  sqlite3_int64 size = 0;
  check(wal.pMethods->xFileSize(&wal, &size));
  if (size == 0) return;
  std::vector<char> chunk(static_cast<std::size_t>(std::min(size, chunk_bytes)));
  for (sqlite3_int64 offset = 0; offset < size; offset += chunk_bytes) {
    const auto length = static_cast<int>(std::min(chunk_bytes, size - offset));
    check(wal.pMethods->xRead(&wal, chunk.data(), length, offset));
    check(wal.pMethods->xWrite(&wal, chunk.data(), length, offset));
  }
  check(wal.pMethods->xSync(&wal, SQLITE_SYNC_NORMAL));
}

}  // namespace orderflow::storage
