#include "withdraw_cancellation.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "events/delivery/retry_policy.hpp"
#include "order_store.hpp"

namespace orderflow::orders {

void withdraw_cancellation(const events::Event& event, events::Turn& turn, OrderWaiters& waiters) {
  const auto& abandoned = event.as<billing::PaymentRefundAbandoned>();
  if (!abandoned.withdraws_cancellation) return;
  const auto uuid = core::Uuid::parse(abandoned.order_id);
  if (!uuid) throw events::PermanentFailure("orderId is not a UUID: " + abandoned.order_id);
  const OrderId id{*uuid};
  clear_cancel_requested(turn.db(), id, event.meta().occurred_at);
  turn.after_commit([&waiters, id] { waiters.wake(id); });
}

}  // namespace orderflow::orders
