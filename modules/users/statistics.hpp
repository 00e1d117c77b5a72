#pragma once

#include "core/clock.hpp"
#include "core/money.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace orderflow::users {

/// What is known of a user's orders.
struct Statistics {
  std::int64_t placed = 0;
  std::int64_t processed = 0;  ///< paid, those included that were paid back since
  std::int64_t canceled = 0;   ///< refused as fraud, or canceled before the charge
  std::int64_t declined = 0;   ///< the payment was declined
  std::int64_t refunded = 0;   ///< paid back in full
  /// Minor units by currency, less what was paid back.
  std::map<std::string, core::AmountSum> spent;
  std::optional<std::string> last_order_id;
  std::optional<core::Timestamp> last_order_at;
};

}  // namespace orderflow::users
