#include "count_orders.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "orders/contract/order_created.hpp"
#include "statistics_store.hpp"

namespace orderflow::users {
namespace {

void count_outcome(const billing::OrderProcessed& processed, StatisticsWriter& statistics) {
  switch (processed.status) {
    case billing::OrderResult::processed:
      statistics.count(processed.buyer.user_id.value(), Counter::processed);
      statistics.add_spent(processed.buyer.user_id.value(), processed.amount);
      return;
    case billing::OrderResult::canceled_fraud:
    case billing::OrderResult::canceled:
      statistics.count(processed.buyer.user_id.value(), Counter::canceled);
      return;
    case billing::OrderResult::payment_declined:
      break;
  }
  statistics.count(processed.buyer.user_id.value(), Counter::declined);
}

void count_refund(const billing::PaymentRefunded& refunded, StatisticsWriter& statistics) {
  if (refunded.is_full()) statistics.count(refunded.buyer.user_id.value(), Counter::refunded);
  statistics.take_back(refunded.buyer.user_id.value(), refunded.amount);
}

}  // namespace

void count_order(const events::Event& event, events::Turn& turn) {
  StatisticsWriter statistics(turn.db(), turn.generation());
  if (event.kind() == orders::OrderCreated::kind) {
    const auto& created = event.as<orders::OrderCreated>();
    statistics.count_placed(created.order.user_id.value(), created.order_id,
                            event.meta().occurred_at);
  } else if (event.kind() == billing::PaymentRefunded::kind) {
    count_refund(event.as<billing::PaymentRefunded>(), statistics);
  } else {
    count_outcome(event.as<billing::OrderProcessed>(), statistics);
  }
}

}  // namespace orderflow::users
