#pragma once

#include <stdexcept>
#include <string>

struct sqlite3;

namespace orderflow::storage {

/// A statement or its use is wrong, or the data refuses it (a constraint). The transaction can be
/// rolled back to its savepoint and continue.
class Error : public std::runtime_error {
 public:
  Error(const std::string& what, int code) : std::runtime_error(what), code_(code) {}
  /// SQLite's extended result code.
  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// A unique, check, not-null or foreign key constraint was violated.
class ConstraintViolation : public Error {
 public:
  using Error::Error;
};

/// The storage itself failed: disk full, input/output error, corruption, out of memory, a lock that
/// nobody should hold. The node must stop writing (docs/architecture.md, storage failure).
class StorageFailure : public Error {
 public:
  using Error::Error;
};

/// A statement touched a table that its owner does not own, or did what a module may not do.
class OwnershipViolation : public Error {
 public:
  using Error::Error;
};

/// Throws the error class that fits `code`, with SQLite's message and `doing`.
[[noreturn]] void throw_error(sqlite3* connection, int code, const std::string& doing);

}  // namespace orderflow::storage
