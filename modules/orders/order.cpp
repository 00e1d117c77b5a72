#include "order.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderflow::orders {
namespace {

using enum OrderStatus;

constexpr std::array names = std::to_array<std::pair<OrderStatus, std::string_view>>({
    {pending, "PENDING"},
    {processed, "PROCESSED"},
    {canceled_fraud, "CANCELED_FRAUD"},
    {payment_declined, "PAYMENT_DECLINED"},
    {canceled, "CANCELED"},
    {refunded, "REFUNDED"},
});

constexpr std::array transitions = std::to_array<std::pair<OrderStatus, OrderStatus>>({
    {pending, processed},
    {pending, canceled_fraud},
    {pending, payment_declined},
    {pending, canceled},
    {processed, refunded},
});

}  // namespace

std::string_view to_string(OrderStatus status) noexcept {
  return std::ranges::find(names, status, [](const auto& name) { return name.first; })->second;
}

std::optional<OrderStatus> parse_order_status(std::string_view text) noexcept {
  const auto found = std::ranges::find(names, text, [](const auto& name) { return name.second; });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

bool may_become(OrderStatus from, OrderStatus to) noexcept {
  return std::ranges::find(transitions, std::pair{from, to}) != transitions.end();
}

bool may_be_canceled(OrderStatus status) noexcept {
  return may_become(status, canceled) || may_become(status, refunded);
}

bool is_settled(const Order& order) noexcept {
  return order.status != pending && !(order.cancel_requested_at && may_be_canceled(order.status));
}

}  // namespace orderflow::orders
