#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// A database through SQLite alone. Throws `std::runtime_error`.
class PlainDatabase {
 public:
  enum class Mode {
    read_write,
    read_only  ///< beside a node that works: never checkpoints
  };

  explicit PlainDatabase(const std::filesystem::path& file, Mode mode = Mode::read_write) {
    const bool only_reads = mode == Mode::read_only;
    const int flags = only_reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    try {
      check(sqlite3_open_v2(file.c_str(), &connection_, flags, nullptr), "open");
    } catch (...) {
      sqlite3_close(connection_);
      throw;
    }
    if (only_reads) {
      sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
  }
  ~PlainDatabase() { sqlite3_close(connection_); }
  PlainDatabase(const PlainDatabase&) = delete;
  PlainDatabase& operator=(const PlainDatabase&) = delete;

  using Row = std::vector<std::string>;

  /// All rows as text; a null is empty.
  std::vector<Row> rows(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr), sql);
    std::vector<Row> all;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      Row& row = all.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "" : text);
      }
    }
    sqlite3_finalize(statement);
    check(code == SQLITE_DONE ? SQLITE_OK : code, sql);
    return all;
  }

 private:
  void check(int code, const std::string& doing) {
    if (code != SQLITE_OK) {
      throw std::runtime_error(doing + ": " + sqlite3_errmsg(connection_));
    }
  }

  sqlite3* connection_ = nullptr;
};

}  // namespace orderflow::simulation
