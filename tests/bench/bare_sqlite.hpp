#pragma once

#include "core/uuid.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::bench {

/// SQLite with nothing of ours around it: what a loop by hand would use. Every failure ends in a
/// `std::runtime_error` that names the statement. Used by one thread.
class BareSqlite {
 public:
  /// Opens a database that is there.
  explicit BareSqlite(const std::string& file);
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  /// Statements without parameters and rows.
  void run(const std::string& sql);
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);
  std::vector<std::string> texts(const std::string& sql);

  sqlite3* handle() const noexcept { return connection_; }

 private:
  sqlite3* connection_ = nullptr;
};

/// A statement that is prepared once and run often.
class BareStatement {
 public:
  BareStatement(BareSqlite& database, const char* sql);
  ~BareStatement();
  BareStatement(const BareStatement&) = delete;
  BareStatement& operator=(const BareStatement&) = delete;

  /// Binds ?1, ?2, … and runs to the end. What is bound must live until then.
  template <class... Args>
  void run(const Args&... args) {
    int index = 0;
    (bind(++index, args), ...);
    finish();
  }

 private:
  void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
  void bind(int index, std::string_view text);
  void bind(int index, const core::Uuid& id);
  void bind(int index, std::nullptr_t) { sqlite3_bind_null(statement_, index); }
  void finish();

  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace orderflow::bench
