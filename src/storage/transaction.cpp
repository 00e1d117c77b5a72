#include "storage/transaction.hpp"

#include "storage/error.hpp"
#include "storage/ownership.hpp"

namespace orderflow::storage {
namespace {

void execute(Connection& connection, std::string_view sql) {
  connection.session(Ownership::storage_layer).execute(sql);
}

void roll_back_quietly(Connection& connection, std::string_view sql) noexcept {
  try {
    execute(connection, sql);
  } catch (const Error&) {
    // SQLite has rolled back by itself; the error that led here is the one that counts.
  }
}

}  // namespace

Transaction::Transaction(Connection& connection) : connection_(connection) {
  execute(connection_, "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_ && connection_.in_transaction()) roll_back_quietly(connection_, "ROLLBACK");
}

void Transaction::commit() {
  execute(connection_, "COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) {
  execute(connection_, "SAVEPOINT body");
}

Savepoint::~Savepoint() {
  if (!open_ || !connection_.in_transaction()) return;
  roll_back_quietly(connection_, "ROLLBACK TO body");
  roll_back_quietly(connection_, "RELEASE body");
}

void Savepoint::keep() {
  execute(connection_, "RELEASE body");
  open_ = false;
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) {
  execute(connection_, "BEGIN");
}

Snapshot::~Snapshot() {
  roll_back_quietly(connection_, "COMMIT");
}

}  // namespace orderflow::storage
