#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"

#include <stdexcept>

namespace orderflow::events {

/// When a failed delivery is tried again: exponential backoff with full jitter, which spreads
/// retries best for the work they cost (Brooker, "Exponential Backoff And Jitter", AWS 2015).
struct RetryPolicy {
  core::Duration first_delay = std::chrono::milliseconds{200};
  double factor = 2.0;  ///< 1 or more
  core::Duration delay_max = std::chrono::minutes{5};
  int attempts_max = 12;  ///< the failed attempt that is the last; 1 or more

  /// The wait after failed attempt `attempt` (from 1): evenly spread over
  /// [0, min(delay_max, first_delay * factor^(attempt - 1))].
  core::Duration delay_after(int attempt, core::Random& random) const;

  bool exhausted(int failed_attempts) const noexcept { return failed_attempts >= attempts_max; }
};

/// What waits while an event of a key is failing.
enum class OrderPolicy {
  park,  ///< later events of the same key wait behind it, in order
  skip   ///< nothing waits: order does not matter here
};

/// Thrown by a handler whose failure no retry can fix: the event is dead at once.
class PermanentFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace orderflow::events
