#include "place_order.hpp"

#include "idempotency_store.hpp"
#include "order_store.hpp"
#include "orders/contract/order_created.hpp"

#include <utility>

namespace orderflow::orders {

Order place_order(events::Turn& turn, const NewOrder& request, const std::string& correlation_id) {
  const core::Timestamp now = turn.now();
  Order order{.id = OrderId{turn.new_id()},
              .user_id = request.user_id,
              .email = request.email,
              .total = request.total,
              .payment_method = request.payment_method,
              .items = request.items,
              .status = OrderStatus::pending,
              .reasons = {},
              .correlation_id = correlation_id,
              .created_at = now,
              .updated_at = now,
              .cancel_requested_at = {}};
  insert(turn.db(), order);
  const std::string key = order.id.value().to_string();
  turn.publish(key, OrderCreated{.order_id = key,
                                 .user_id = order.user_id.value(),
                                 .email = order.email,
                                 .currency = std::string(order.total.currency.code()),
                                 .total_amount = order.total.amount,
                                 .payment_method = order.payment_method,
                                 .items = order.items});
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

Placement place_order_once(events::Turn& turn, const NewOrder& request,
                           const std::string& correlation_id, const host::IdempotencyKey& key,
                           host::KeyAges& ages) {
  IdempotencyStore keys(turn.db(), ages);
  if (const auto kept = keys.find(key)) {
    if (!kept->same_request) return {};
    return {.order = as_placed(find(turn.db(), kept->order_id).value()), .replayed = true};
  }
  Order order = place_order(turn, request, correlation_id);
  keys.keep(key, order.id, order.created_at);
  return {.order = std::move(order), .replayed = false};
}

}  // namespace orderflow::orders
