#include "events/delivery/retry_policy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace orderflow::events {

core::Duration RetryPolicy::delay_after(int attempt, core::Random& random) const {
  const double uncapped =
      static_cast<double>(first_delay.count()) * std::pow(factor, std::max(0, attempt - 1));
  const double ceiling = std::min(uncapped, static_cast<double>(delay_max.count()));
  return core::Duration{
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ceiling) + 1))};
}

}  // namespace orderflow::events
