#include "settle_order.hpp"

#include "billing/contract/order_processed.hpp"
#include "events/retry_policy.hpp"
#include "order.hpp"
#include "order_store.hpp"

namespace orderflow::orders {
namespace {

OrderStatus status_for(billing::OrderResult result) noexcept {
  switch (result) {
    case billing::OrderResult::processed:
      return OrderStatus::processed;
    case billing::OrderResult::canceled_fraud:
      return OrderStatus::canceled_fraud;
    case billing::OrderResult::payment_declined:
      break;
  }
  return OrderStatus::payment_declined;
}

}  // namespace

void settle_order(const events::Event& event, events::Turn& turn) {
  const auto& processed = event.as<billing::OrderProcessed>();
  const auto uuid = core::Uuid::parse(processed.order_id);
  if (!uuid) throw events::PermanentFailure("orderId is not a UUID: " + processed.order_id);
  const OrderId id{*uuid};
  const auto current = status_of(turn.db(), id);
  if (!current) throw events::PermanentFailure("there is no order " + processed.order_id);

  const OrderStatus wanted = status_for(processed.status);
  if (!may_become(*current, wanted)) {
    keep_refused_transition(turn.db(), event.meta().id.value(), id, *current, wanted,
                            event.meta().occurred_at);
    return;
  }
  set_status(turn.db(), id, wanted, processed.reasons, event.meta().occurred_at);
}

}  // namespace orderflow::orders
