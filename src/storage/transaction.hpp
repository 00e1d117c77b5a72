#pragma once

#include "storage/connection.hpp"

namespace orderflow::storage {

/// A write transaction: begins in the constructor, rolls back unless committed. `BEGIN IMMEDIATE`,
/// for an upgrade from a read fails at once and ignores the busy timeout.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Commits and syncs. Throws `StorageFailure`; the transaction is then rolled back.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A nested transaction within the running one: rolls back its part unless kept. Where that fails
/// the running transaction can no longer be committed.
class Savepoint {
 public:
  explicit Savepoint(Connection& connection);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void keep();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A consistent view for several reads on a read-only connection; ends with the scope.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Connection& connection_;
};

}  // namespace orderflow::storage
