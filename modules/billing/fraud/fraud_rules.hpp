#pragma once

#include "core/clock.hpp"
#include "core/money.hpp"
#include "orders/contract/order_details.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// Amounts in the minor unit by ISO 4217 code. A currency that is not named has no limit.
using AmountLimits = std::map<std::string, std::int64_t, std::less<>>;
using Names = std::set<std::string, std::less<>>;

/// What an order must keep to. All limits are inclusive: an order that reaches one passes.
struct FraudRules {
  AmountLimits max_order_amount;  ///< of one order
  core::Duration window;          ///< the sliding window of the next two
  std::int64_t max_orders;        ///< of one user within the window, this order included
  AmountLimits max_amount;        ///< of one user's orders within the window, this one included
  Names blocked_users;
  Names blocked_products;
  Names blocked_email_domains;  ///< in lower case; a domain blocks its subdomains too
  std::int64_t max_quantity;    ///< of one line
};

/// What a user had ordered within the window when an order came: orders that passed the rules,
/// without that order itself.
struct WindowTotals {
  std::int64_t orders = 0;
  core::AmountSum amount = {};  ///< in the currency of the order that is judged
};

/// The codes of a refusal, as they are published. They are never renamed.
namespace fraud_reason {
inline constexpr std::string_view order_amount = "order_amount_above_limit";
inline constexpr std::string_view order_rate = "order_rate_above_limit";
inline constexpr std::string_view amount_rate = "amount_rate_above_limit";
inline constexpr std::string_view user = "user_blocked";
inline constexpr std::string_view product = "product_blocked";
inline constexpr std::string_view email_domain = "email_domain_blocked";
inline constexpr std::string_view quantity = "quantity_above_limit";
}  // namespace fraud_reason

/// Every rule that the order breaks, each once, in the order of the codes above; empty where the
/// order passes. Depends on nothing but its arguments.
std::vector<std::string> fraud_reasons(const orders::OrderDetails& order,
                                       const WindowTotals& totals, const FraudRules& rules);

}  // namespace orderflow::billing
