#pragma once

#include "core/clock.hpp"
#include "orders/contract/order_details.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::orders {

enum class OrderStatus { pending, processed, canceled_fraud, payment_declined, canceled, refunded };

/// "PENDING", "PROCESSED", …
std::string_view to_string(OrderStatus status) noexcept;
std::optional<OrderStatus> parse_order_status(std::string_view text) noexcept;

/// The transition table:
/// PENDING -> PROCESSED | CANCELED_FRAUD | PAYMENT_DECLINED | CANCELED; PROCESSED -> REFUNDED.
bool may_become(OrderStatus from, OrderStatus to) noexcept;

/// True for the states that a cancellation can still change: PENDING and PROCESSED.
bool may_be_canceled(OrderStatus status) noexcept;

struct Order {
  OrderId id;
  OrderDetails details;
  OrderStatus status;
  std::vector<std::string> reasons;  ///< why it was refused, as codes
  std::string correlation_id;
  core::Timestamp created_at;
  core::Timestamp updated_at;
  std::optional<core::Timestamp> cancel_requested_at;
};

/// True where the order waits for nothing: it is not PENDING, and no cancellation is under way.
bool is_settled(const Order& order) noexcept;

}  // namespace orderflow::orders
