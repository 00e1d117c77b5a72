#include "cancel_order.hpp"

#include "order_store.hpp"
#include "orders/contract/order_cancel_requested.hpp"

#include <utility>

namespace orderflow::orders {

Cancellation cancel_order(events::Turn& turn, OrderId id, const std::string& reason) {
  OrderStore orders(turn.db());
  auto order = orders.find(id);
  if (!order || !may_be_canceled(order->status)) {
    return {.order = std::move(order), .accepted = false};
  }
  if (!order->cancel_requested_at) {
    const core::Timestamp now = turn.now();
    orders.mark_cancel_requested(id, now);
    order->cancel_requested_at = now;
    order->updated_at = now;
    turn.publish(
        id.value().to_string(),
        OrderCancelRequested{.order_id = id, .user_id = order->details.user_id, .reason = reason});
  }
  return {.order = std::move(order), .accepted = true};
}

}  // namespace orderflow::orders
