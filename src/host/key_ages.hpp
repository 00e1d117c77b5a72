#pragma once

#include "core/clock.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::host {

/// How long the idempotency keys of a module have been kept. Their age is their order, and the time
/// that has passed between rows of it: by the steady clock while the node runs, and at most an hour
/// for each time that it did not. So a wrong time of day, or one that is changed, makes no key
/// older than it is.
///
/// From time to time the newest key, whose row numbers ascend, leaves a mark: its number, and the
/// time that had passed until then. A key is as old as the next mark, or somewhat older.
///
/// Belongs to the writer thread; every call is inside a transaction of the module's. The marks are
/// in the table `marks` (place INTEGER PRIMARY KEY, passed, seen_at), of the module too.
class KeyAges {
 public:
  /// Keys are to be kept for `keep_for`, at least. The clock outlives it.
  KeyAges(const core::Clock& clock, const std::string& marks, core::Duration keep_for);

  /// Counts a key that is kept. True for the first since the node started and for each
  /// `keys_a_mark`th: that one is to leave a mark. One that is rolled back is
  /// counted as well: marks may be more or less dense, and no key is older for it.
  bool counts_to(std::int64_t keys_a_mark) noexcept;

  /// Records the key at `row_number`, the newest. Returns the last one whose key has been kept for
  /// longer than required; nothing where there is none.
  std::optional<std::int64_t> mark(storage::Session session, std::int64_t row_number);

 private:
  struct Mark {
    std::int64_t row_number;
    core::Duration passed;
    core::Timestamp seen_at;
  };

  core::Duration passed_since(const std::optional<Mark>& last);
  void leave(storage::Session session, const Mark& mark, const std::optional<Mark>& last,
             const std::optional<Mark>& before_last);

  const core::Clock& clock_;
  const core::Duration keep_for_;
  const std::string newest_sql_;
  const std::string insert_sql_;
  const std::string move_sql_;
  const std::string expired_sql_;
  const std::string forget_sql_;
  /// The time passed by the marks when this process first read them, less its steady clock then.
  std::optional<core::Duration> offset_;
  std::int64_t counted_ = 0;
};

}  // namespace orderflow::host
