#include "settle_order.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "events/delivery/retry_policy.hpp"
#include "order.hpp"
#include "order_store.hpp"

#include <string>
#include <vector>

namespace orderflow::orders {
namespace {

OrderStatus status_for(billing::OrderResult result) noexcept {
  switch (result) {
    case billing::OrderResult::processed:
      return OrderStatus::processed;
    case billing::OrderResult::canceled_fraud:
      return OrderStatus::canceled_fraud;
    case billing::OrderResult::payment_declined:
      return OrderStatus::payment_declined;
    case billing::OrderResult::canceled:
      break;
  }
  return OrderStatus::canceled;
}

}  // namespace

void settle_order(const events::Event& event, events::Turn& turn, OrderWaiters& waiters) {
  const bool is_refund = event.kind() == billing::PaymentRefunded::kind;
  const OrderId id = is_refund ? event.as<billing::PaymentRefunded>().order_id
                               : event.as<billing::OrderProcessed>().order_id;
  OrderStore orders(turn.db());
  const auto current = orders.status_of(id);
  if (!current) throw events::PermanentFailure("there is no order " + id.value().to_string());
  if (is_refund && !event.as<billing::PaymentRefunded>().is_full()) return;

  const core::Timestamp at = event.meta().occurred_at;
  const OrderStatus wanted =
      is_refund ? OrderStatus::refunded : status_for(event.as<billing::OrderProcessed>().status);
  if (!may_become(*current, wanted)) {
    orders.keep_refused_transition(event.meta().id.value(), id, *current, wanted, at);
    return;
  }
  orders.set_status(
      id, wanted,
      is_refund ? std::vector<std::string>{} : event.as<billing::OrderProcessed>().reasons, at);
  turn.after_commit([&waiters, id] { waiters.wake(id); });
}

}  // namespace orderflow::orders
