#include "place_order.hpp"

#include "idempotency_store.hpp"
#include "order_store.hpp"
#include "orders/contract/order_created.hpp"

#include <utility>

namespace orderflow::orders {

Order place_order(events::Turn& turn, const OrderDetails& details,
                  const std::string& correlation_id) {
  const core::Timestamp now = turn.now();
  Order order{.id = OrderId{turn.new_id()},
              .details = details,
              .status = OrderStatus::pending,
              .reasons = {},
              .correlation_id = correlation_id,
              .created_at = now,
              .updated_at = now,
              .cancel_requested_at = {}};
  OrderStore(turn.db()).add(order);
  turn.publish(order.id.value().to_string(), OrderCreated{.order_id = order.id, .order = details});
  return order;
}

namespace {

Order as_placed(Order order) {
  order.status = OrderStatus::pending;
  order.reasons.clear();
  order.updated_at = order.created_at;
  order.cancel_requested_at.reset();
  return order;
}

}  // namespace

Placement place_order_once(events::Turn& turn, const OrderDetails& details,
                           const std::string& correlation_id, const host::IdempotencyKey& key,
                           host::KeyAges& ages) {
  IdempotencyStore keys(turn.db(), ages);
  if (const auto kept = keys.find(key)) {
    if (!kept->same_request) return {};
    return {.order = as_placed(OrderStore(turn.db()).find(kept->order_id).value()),
            .replayed = true};
  }
  Order order = place_order(turn, details, correlation_id);
  keys.keep(key, order.id, order.created_at);
  return {.order = std::move(order), .replayed = false};
}

}  // namespace orderflow::orders
