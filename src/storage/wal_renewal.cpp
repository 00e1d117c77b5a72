#include "storage/wal_renewal.hpp"

#include "storage/error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace orderflow::storage {
namespace {

// SQLite's own file system takes less than 128 KiB in one write; of more it writes a part or
// nothing.
constexpr sqlite3_int64 chunk_bytes = 65'536;

// sqlite.org/fileformat2.html#the_write_ahead_log: a header, and frames with a header each. Both
// have the same salts, which change where the log begins again: what is behind the last frame that
// has them is of an older one.
constexpr sqlite3_int64 log_head_bytes = 32;
constexpr sqlite3_int64 frame_head_bytes = 24;
constexpr std::size_t page_size_at = 8;
constexpr std::size_t header_salts_at = 16;
constexpr std::size_t commit_size_at = 4;  // of a frame: pages of the database after a commit, or 0
constexpr std::size_t frame_salts_at = 8;
constexpr std::size_t salts_bytes = 8;

void check(int code) {
  if (code != SQLITE_OK) throw_error(nullptr, code, "renew the write-ahead log");
}

sqlite3_int64 big_endian(const unsigned char* bytes) noexcept {
  return (sqlite3_int64{bytes[0]} << 24) | (sqlite3_int64{bytes[1]} << 16) |
         (sqlite3_int64{bytes[2]} << 8) | sqlite3_int64{bytes[3]};
}

/// Where the last transaction of the log begins. One of a single frame may be what SQLite adds to
/// another to fill a sector: then the one before counts too. 0 where it is the first.
sqlite3_int64 begin_of_last(sqlite3_file& wal, sqlite3_int64 size) {
  std::array<unsigned char, log_head_bytes> header{};
  check(wal.pMethods->xRead(&wal, header.data(), log_head_bytes, 0));
  const sqlite3_int64 frame_bytes = frame_head_bytes + big_endian(&header[page_size_at]);
  sqlite3_int64 last = 0;
  sqlite3_int64 begin = 0;  // of the transaction at hand
  sqlite3_int64 frames = 0;
  std::array<unsigned char, frame_head_bytes> frame{};
  for (auto offset = log_head_bytes; offset + frame_bytes <= size; offset += frame_bytes) {
    check(wal.pMethods->xRead(&wal, frame.data(), frame_head_bytes, offset));
    if (std::memcmp(&frame[frame_salts_at], &header[header_salts_at], salts_bytes) != 0) break;
    ++frames;
    if (big_endian(&frame[commit_size_at]) == 0) continue;
    if (frames > 1) last = begin;
    begin = offset + frame_bytes;
    frames = 0;
  }
  return last;
}

}  // namespace

void renew_wal(sqlite3_file& wal) {
  sqlite3_int64 size = 0;
  check(wal.pMethods->xFileSize(&wal, &size));
  if (size < log_head_bytes) return;
  std::vector<char> chunk(static_cast<std::size_t>(std::min(size, chunk_bytes)));
  for (auto offset = begin_of_last(wal, size); offset < size; offset += chunk_bytes) {
    const auto length = static_cast<int>(std::min(chunk_bytes, size - offset));
    check(wal.pMethods->xRead(&wal, chunk.data(), length, offset));
    check(wal.pMethods->xWrite(&wal, chunk.data(), length, offset));
  }
  check(wal.pMethods->xSync(&wal, SQLITE_SYNC_NORMAL));
}

}  // namespace orderflow::storage
