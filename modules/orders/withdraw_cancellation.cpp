#include "withdraw_cancellation.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "order_store.hpp"

namespace orderflow::orders {

void withdraw_cancellation(const events::Event& event, events::Turn& turn, OrderWaiters& waiters) {
  const auto& abandoned = event.as<billing::PaymentRefundAbandoned>();
  if (!abandoned.withdraws_cancellation) return;
  const OrderId id = abandoned.order_id;
  OrderStore(turn.db()).clear_cancel_requested(id, event.meta().occurred_at);
  turn.after_commit([&waiters, id] { waiters.wake(id); });
}

}  // namespace orderflow::orders
