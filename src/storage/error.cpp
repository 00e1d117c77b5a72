#include "storage/error.hpp"

#include <sqlite3.h>

namespace orderflow::storage {

void throw_error(sqlite3* connection, int code, const std::string& doing) {
  const int extended = connection != nullptr ? sqlite3_extended_errcode(connection) : code;
  const char* message = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  const std::string what = doing + ": " + message + " (SQLite " + std::to_string(extended) + ")";
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      throw ConstraintViolation(what, extended);
    case SQLITE_AUTH:
      throw OwnershipViolation(what, extended);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      throw StorageFailure(what, extended);
    default:
      throw Error(what, extended);
  }
}

}  // namespace orderflow::storage
