#include "bare_sqlite.hpp"

#include <stdexcept>

namespace orderflow::bench {
namespace {

void require_sqlite(bool is_done, sqlite3* connection, std::string_view what) {
  if (is_done) return;
  throw std::runtime_error(std::string(what) + ": " + sqlite3_errmsg(connection));
}

}  // namespace

BareSqlite::BareSqlite(const std::string& file) {
  const int code = sqlite3_open_v2(file.c_str(), &connection_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    const std::string why = file + ": " + sqlite3_errmsg(connection_);
    sqlite3_close(connection_);
    throw std::runtime_error(why);
  }
}

BareSqlite::~BareSqlite() {
  sqlite3_close(connection_);
}

void BareSqlite::run(const std::string& sql) {
  const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  require_sqlite(code == SQLITE_OK, connection_, sql);
}

std::vector<std::string> BareSqlite::texts(const std::string& sql) {
  std::vector<std::string> found;
  const auto take = [](void* list, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(list)->emplace_back(values[0] == nullptr ? ""
                                                                                    : values[0]);
    return 0;
  };
  const int code = sqlite3_exec(connection_, sql.c_str(), take, &found, nullptr);
  require_sqlite(code == SQLITE_OK, connection_, sql);
  return found;
}

std::string BareSqlite::text(const std::string& sql) {
  const auto found = texts(sql);
  if (found.size() != 1) throw std::runtime_error("not one row: " + sql);
  return found.front();
}

std::int64_t BareSqlite::number(const std::string& sql) {
  return std::stoll(text(sql));
}

BareStatement::BareStatement(BareSqlite& database, const char* sql) {
  const int code = sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement_, nullptr);
  require_sqlite(code == SQLITE_OK, database.handle(), sql);
}

BareStatement::~BareStatement() {
  sqlite3_finalize(statement_);
}

void BareStatement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void BareStatement::bind(int index, const core::Uuid& id) {
  sqlite3_bind_blob(statement_, index, id.bytes.data(), static_cast<int>(id.bytes.size()),
                    SQLITE_STATIC);
}

void BareStatement::finish() {
  const int code = sqlite3_step(statement_);
  sqlite3* const connection = sqlite3_db_handle(statement_);
  require_sqlite(code == SQLITE_DONE, connection, sqlite3_sql(statement_));
  sqlite3_reset(statement_);
}

}  // namespace orderflow::bench
