#include "bridge/connection/reconnect_pause.hpp"

#include "events/delivery/retry_policy.hpp"

#include <utility>

namespace orderflow::bridge {

ReconnectPause::ReconnectPause(const ReconnectPolicy& policy, std::unique_ptr<core::Random> random)
    : policy_(policy), random_(std::move(random)) {}

std::chrono::milliseconds ReconnectPause::after_failure() {
  constexpr int failures_counted_max = 64;  // the delay is at its limit long before
  if (failures_ < failures_counted_max) ++failures_;
  const events::RetryPolicy backoff{.first_delay = policy_.first_delay,
                                    .factor = 2.0,
                                    .delay_max = policy_.delay_max,
                                    .attempts_max = failures_counted_max};
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      backoff.delay_after(failures_, *random_));
}

}  // namespace orderflow::bridge
