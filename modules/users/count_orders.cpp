#include "count_orders.hpp"

#include "billing/contract/order_processed.hpp"
#include "orders/contract/order_created.hpp"
#include "statistics_store.hpp"

namespace orderflow::users {
namespace {

void count_outcome(const billing::OrderProcessed& processed, storage::Session session) {
  switch (processed.status) {
    case billing::OrderResult::processed:
      count(session, processed.user_id, Counter::processed);
      add_spent(session, processed.user_id, processed.currency, processed.amount);
      return;
    case billing::OrderResult::canceled_fraud:
      count(session, processed.user_id, Counter::canceled);
      return;
    case billing::OrderResult::payment_declined:
      break;
  }
  count(session, processed.user_id, Counter::declined);
}

}  // namespace

void count_order(const events::Event& event, events::Turn& turn) {
  if (event.kind() == orders::OrderCreated::kind) {
    const auto& created = event.as<orders::OrderCreated>();
    count_placed(turn.db(), created.user_id, created.order_id, event.meta().occurred_at);
  } else {
    count_outcome(event.as<billing::OrderProcessed>(), turn.db());
  }
}

}  // namespace orderflow::users
