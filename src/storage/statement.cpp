#include "storage/statement.hpp"

#include "storage/error.hpp"

#include <sqlite3.h>

#include <cstring>
#include <utility>

namespace orderflow::storage {

Statement::Statement(sqlite3* connection, std::string_view sql, bool persistent)
    : connection_(connection) {
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                         persistent ? SQLITE_PREPARE_PERSISTENT : 0U, &statement_, &tail);
  if (code != SQLITE_OK) throw_error(connection, code, "prepare '" + std::string(sql) + "'");
  if (statement_ == nullptr)
    throw Error("no statement in '" + std::string(sql) + "'", SQLITE_MISUSE);
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : in_use(other.in_use),
      connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)) {}

void Statement::expect_parameters(int count) const {
  const int wanted = sqlite3_bind_parameter_count(statement_);
  if (wanted != count) {
    throw Error("a statement takes " + std::to_string(wanted) + " parameters, " +
                    std::to_string(count) + " were given: " + sqlite3_sql(statement_),
                SQLITE_RANGE);
  }
}

void Statement::bind_integer(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
}

void Statement::bind_text(int index, std::string_view value, Lifetime lifetime) {
  // Another engine has no such text, and SQLite's functions would read it to its NUL.
  if (value.find('\0') != std::string_view::npos) {
    throw Error(
        "a text with a NUL in it is bound to '" + std::string(sqlite3_sql(statement_)) + "'",
        SQLITE_MISMATCH);
  }
  const char* data = value.data() != nullptr ? value.data() : "";
  const int code = sqlite3_bind_text64(
      statement_, index, data, value.size(),
      lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) throw_error(connection_, code, "bind text");
}

void Statement::bind_blob(int index, const void* data, std::size_t size) {
  const int code = sqlite3_bind_blob64(statement_, index, data, size, SQLITE_TRANSIENT);
  if (code != SQLITE_OK) throw_error(connection_, code, "bind blob");
}

void Statement::bind_real(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
}

void Statement::bind_null(int index) {
  sqlite3_bind_null(statement_, index);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw_error(connection_, code, std::string("run '") + sqlite3_sql(statement_) + "'");
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

int Statement::column_count() const noexcept {
  return sqlite3_column_count(statement_);
}

std::string_view Statement::column_name(int column) const noexcept {
  return sqlite3_column_name(statement_, column);
}

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

bool Statement::is_blob(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const noexcept {
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

core::Uuid Statement::uuid(int column) const {
  core::Uuid id;
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size != static_cast<int>(id.bytes.size())) {
    throw StorageFailure("an identifier column does not hold 16 bytes", SQLITE_CORRUPT);
  }
  std::memcpy(id.bytes.data(), data, id.bytes.size());
  return id;
}

}  // namespace orderflow::storage
