#include "storage/transaction.hpp"

#include "storage/error.hpp"
#include "storage/ownership.hpp"

#include <exception>

namespace orderflow::storage {
namespace {

void execute(Connection& connection, std::string_view sql) {
  connection.session(Ownership::storage_layer).execute(sql);
}

/// False where it could not be done. The error that led here is the one that counts.
bool roll_back_quietly(Connection& connection, std::string_view sql) noexcept {
  try {
    execute(connection, sql);
    return true;
  } catch (const std::exception&) {
    return false;
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
  if (connection_.is_spoiled()) {
    throw StorageFailure("a part of the transaction could not be undone", 0);
  }
  execute(connection_, "COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) {
  execute(connection_, "SAVEPOINT body");
}

Savepoint::~Savepoint() {
  if (!open_) return;
  const bool undone = roll_back_quietly(connection_, "ROLLBACK TO body") &&
                      roll_back_quietly(connection_, "RELEASE body");
  // What is left of the body must not be committed with the others.
  if (!undone) connection_.spoil();
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
