#include "place_order.hpp"

#include "order_store.hpp"
#include "orders/contract/order_created.hpp"

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
              .updated_at = now};
  insert(turn.db(), order);
  const std::string key = order.id.value().to_string();
  turn.emit(key, OrderCreated{.order_id = key,
                              .user_id = order.user_id.value(),
                              .email = order.email,
                              .currency = std::string(order.total.currency.code()),
                              .total_amount = order.total.amount,
                              .payment_method = order.payment_method,
                              .items = order.items});
  return order;
}

}  // namespace orderflow::orders
