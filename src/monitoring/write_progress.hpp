#pragma once

#include "core/clock.hpp"
#include "storage/writer.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace orderflow::monitoring {

/// Decides from the writer's counters, at each check, whether writes make progress. Safe from any
/// thread.
class WriteProgress {
 public:
  /// How long writes may wait without a commit before they count as stuck.
  static constexpr core::Duration limit = std::chrono::seconds{5};

  /// `now` is steady. True where, since a check `limit` or more ago, writes were waiting or running
  /// at every check and none was committed.
  bool stands_still(const storage::WriterCounters& counters, core::Duration now) {
    const bool is_busy = counters.waiting > 0 || counters.at_hand > 0;
    const std::lock_guard lock(mutex_);
    if (!is_busy || counters.batches != batches_ || !waits_since_) {
      batches_ = counters.batches;
      waits_since_ = is_busy ? std::optional(now) : std::nullopt;
      return false;
    }
    return now - *waits_since_ >= limit;
  }

 private:
  std::mutex mutex_;
  std::uint64_t batches_ = 0;
  std::optional<core::Duration> waits_since_;
};

}  // namespace orderflow::monitoring
