#pragma once

#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace orderflow::storage {

/// A value of a row: null, number, text, or a blob's bytes.
struct Blob {
  std::string bytes;
};
using Cell = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;
using Cells = std::vector<std::pair<std::string, Cell>>;  ///< column and value

/// One row that a statement inserted, updated or deleted.
struct RowChange {
  enum class Kind { insert, update, remove };
  Kind kind;
  std::string table;
  Cells before;  ///< empty for an insert
  Cells after;   ///< empty for a removal
};

/// Notes every row that is changed on a connection while it lives, up to a bound. Works through
/// SQLite's pre-update hook (sqlite.org/c3ref/preupdate_blobwrite.html); one at a time a
/// connection.
class RowRecorder {
 public:
  /// The connection outlives the recorder.
  RowRecorder(Connection& connection, std::size_t changes_max);
  ~RowRecorder();
  RowRecorder(const RowRecorder&) = delete;
  RowRecorder& operator=(const RowRecorder&) = delete;

  /// What was changed, in order. Call it after the last statement. Throws where a change could not
  /// be noted.
  std::vector<RowChange> take();

  /// How many changes were more than the bound.
  std::size_t left_out() const noexcept { return left_out_; }

 private:
  friend struct RowRecorderHook;

  Connection& connection_;
  const std::size_t changes_max_;
  std::vector<RowChange> changes_;
  std::size_t left_out_ = 0;
  std::exception_ptr failed_;
};

}  // namespace orderflow::storage
