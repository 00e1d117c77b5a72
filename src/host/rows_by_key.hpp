#pragma once

#include "core/uuid.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace orderflow::host {

/// Rows in ascending order of an identifier, read beside the histories of the log, whose keys are
/// the texts of such identifiers and ascend likewise, so that two tables of any size are compared
/// in one pass. `Row` has a member `key`.
template <class Row>
class RowsByKey {
 public:
  using Read = Row (*)(const storage::Rows& rows);

  RowsByKey(storage::Rows rows, Read read) : rows_(std::move(rows)), read_(read) { advance(); }

  /// The rows of `key`. Rows before it that were skipped go to `passed(const Row&)`.
  template <class Passed>
  std::vector<Row> take(const core::Uuid& key, Passed&& passed) {
    while (current_ && current_->key < key) {
      passed(*current_);
      advance();
    }
    std::vector<Row> found;
    while (current_ && current_->key == key) {
      found.push_back(std::move(*current_));
      advance();
    }
    return found;
  }

  /// All remaining rows go to `passed`.
  template <class Passed>
  void finish(Passed&& passed) {
    for (; current_; advance())
      passed(*current_);
  }

  std::int64_t count() const noexcept { return count_; }

 private:
  void advance() {
    current_.reset();
    if (!rows_.next()) return;
    current_.emplace(read_(rows_));
    ++count_;
  }

  storage::Rows rows_;
  Read read_;
  std::optional<Row> current_;
  std::int64_t count_ = 0;
};

}  // namespace orderflow::host
