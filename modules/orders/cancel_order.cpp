#include "cancel_order.hpp"

#include "order_store.hpp"
#include "orders/contract/order_cancel_requested.hpp"

#include <utility>

namespace orderflow::orders {

Cancellation cancel_order(events::Turn& turn, OrderId id, const std::string& reason) {
  auto order = find(turn.db(), id);
  if (!order || !may_be_canceled(order->status)) {
    return {.order = std::move(order), .accepted = false};
  }
  if (!order->cancel_requested_at) {
    const core::Timestamp now = turn.now();
    mark_cancel_requested(turn.db(), id, now);
    order->cancel_requested_at = now;
    order->updated_at = now;
    const std::string key = id.value().to_string();
    turn.publish(key, OrderCancelRequested{
                          .order_id = key, .user_id = order->user_id.value(), .reason = reason});
  }
  return {.order = std::move(order), .accepted = true};
}

}  // namespace orderflow::orders
