#include "outside_copier.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::storage {
namespace {

// sqlite.org/fileformat2.html#the_write_ahead_log
constexpr std::size_t log_head_bytes = 32;
constexpr std::size_t frame_head_bytes = 24;
constexpr std::size_t page_bytes = 4096;

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i)
    value = (value << 8U) | static_cast<unsigned char>(bytes.at(i));
  return value;
}

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  return value;
}

void add_to_sums(std::uint32_t (&sums)[2], std::string_view bytes) {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    sums[0] += little_endian(bytes.data() + i) + sums[1];
    sums[1] += little_endian(bytes.data() + i + 4) + sums[0];
  }
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

using PlainDatabase = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

PlainDatabase open_plain(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(file.c_str(), &opened);
  PlainDatabase database(opened, sqlite3_close);
  if (code != SQLITE_OK) throw std::runtime_error("cannot open " + file.string());
  sqlite3_busy_timeout(opened, 5'000);
  return database;
}

/// The first value of the first row, or the error.
std::string answer_of(const std::filesystem::path& file, const std::string& sql) {
  const PlainDatabase database = open_plain(file);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database.get(), sql.c_str(), -1, &statement, nullptr);
  std::string text;
  if (statement != nullptr && sqlite3_step(statement) == SQLITE_ROW) {
    text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  } else {
    text = sqlite3_errmsg(database.get());
  }
  sqlite3_finalize(statement);
  return text;
}

}  // namespace

OutsideCopier::OutsideCopier(std::filesystem::path database)
    : database_(std::move(database)),
      log_(std::filesystem::path(database_).concat("-wal")),
      connection_(open_plain(database_)) {
  run("PRAGMA wal_autocheckpoint=0; CREATE TABLE copier_turn(n INTEGER PRIMARY KEY);"
      "INSERT INTO copier_turn VALUES(1); BEGIN; SELECT count(*) FROM copier_turn");
  file_ = bytes_of(database_);
  if (!begin_log()) throw std::runtime_error("there is no write-ahead log");
  copy();
}

OutsideCopier::~OutsideCopier() = default;

void OutsideCopier::run(const char* sql) {
  if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(connection_.get()));
  }
}

std::string OutsideCopier::read_log(std::uint64_t offset, std::size_t size) const {
  std::ifstream stream(log_, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  std::string bytes(size, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

bool OutsideCopier::begin_log() {
  const std::string head = read_log(0, log_head_bytes);
  if (head.size() < log_head_bytes || head == head_) return false;
  head_ = head;
  offset_ = log_head_bytes;
  sums_[0] = big_endian(head, 24);
  sums_[1] = big_endian(head, 28);
  return true;
}

void OutsideCopier::copy() {
  std::vector<Frame> transaction;
  std::uint32_t sums[2]{sums_[0], sums_[1]};
  const std::string bytes = read_log(offset_, std::size_t{256} << 20);
  for (std::size_t at = 0; at + frame_head_bytes + page_bytes <= bytes.size();
       at += frame_head_bytes + page_bytes) {
    const std::string head = bytes.substr(at, frame_head_bytes);
    std::string page = bytes.substr(at + frame_head_bytes, page_bytes);
    add_to_sums(sums, std::string_view(head).substr(0, 8));
    add_to_sums(sums, page);
    const bool is_of_this_log = head.compare(8, 8, head_, 16, 8) == 0;
    if (!is_of_this_log || big_endian(head, 16) != sums[0] || big_endian(head, 20) != sums[1])
      return;
    transaction.push_back({big_endian(head, 0), big_endian(head, 4), std::move(page)});
    if (transaction.back().pages_after_commit == 0) continue;
    offset_ += transaction.size() * (frame_head_bytes + page_bytes);
    std::copy_n(sums, 2, sums_);
    std::move(transaction.begin(), transaction.end(), std::back_inserter(frames_));
    transaction.clear();
  }
}

void OutsideCopier::checkpoint(const std::function<void()>& meanwhile) {
  run("COMMIT; PRAGMA wal_checkpoint(RESTART)");
  meanwhile();
  run("UPDATE copier_turn SET n = n + 1; BEGIN; SELECT count(*) FROM copier_turn");
  // What was written to the log before, since it was looked at: it stands behind the new one.
  copy();
  if (begin_log()) copy();
}

std::string OutsideCopier::findings(const std::filesystem::path& restored) const {
  std::string content = file_;
  for (const Frame& frame : frames_) {
    const std::size_t end = std::size_t{frame.page} * page_bytes;
    content.resize(std::max(content.size(), end));
    content.replace(end - page_bytes, page_bytes, frame.bytes);
    if (frame.pages_after_commit != 0)
      content.resize(std::size_t{frame.pages_after_commit} * page_bytes);
  }
  std::ofstream(restored, std::ios::binary) << content;
  return answer_of(restored, "PRAGMA integrity_check");
}

int OutsideCopier::rows_in(const std::filesystem::path& restored, const std::string& table) {
  return std::stoi(answer_of(restored, "SELECT count(*) FROM " + table));
}

}  // namespace orderflow::storage
