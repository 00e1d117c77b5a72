#include "fraud/assess_order.hpp"

#include "books/cancellation_store.hpp"
#include "books/gateway_key.hpp"
#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "fraud/fraud_window_store.hpp"

#include <chrono>
#include <utility>

namespace orderflow::billing {
namespace {

constexpr core::Duration late_after = std::chrono::hours{1};

Buyer buyer_of(const orders::OrderDetails& order) {
  return {.user_id = order.user_id, .email = order.email};
}

Payment payment_for(const orders::OrderCreated& created, PaymentId id, PaymentState state,
                    core::Timestamp at) {
  Payment payment;
  payment.id = id;
  payment.order_id = created.order_id;
  payment.buyer = buyer_of(created.order);
  payment.amount = created.order.total;
  payment.payment_method = created.order.payment_method;
  payment.state = state;
  payment.gateway_key = first_gateway_key(created.order_id.value().to_string());
  payment.created_at = at;
  payment.updated_at = at;
  return payment;
}

/// Whether another node may have billed the order and lost it, or told nobody: its event is sent
/// once more, or comes so late that this may have happened before.
bool may_have_been_billed(const events::Event& order_created, core::Timestamp now) noexcept {
  return order_created.meta().redriven || now - order_created.meta().occurred_at > late_after;
}

/// Keeps a payment that ends here and says so, unless the order has one already.
void end_order(const Payment& payment, OrderResult result, std::vector<std::string> reasons,
               events::Turn& turn) {
  if (!PaymentStore(turn.db()).add(payment)) return;
  OrderProcessed processed = order_processed(payment, result, std::move(reasons));
  if (result != OrderResult::processed) processed.payment_id.reset();
  publish_processed(turn, std::move(processed));
}

}  // namespace

void assess_order(const FraudRules& rules, const events::Event& order_created, events::Turn& turn) {
  using enum PaymentState;
  const auto& created = order_created.as<orders::OrderCreated>();
  const orders::OrderDetails& order = created.order;
  const core::Timestamp at = order_created.meta().occurred_at;
  const auto payment_in = [&](PaymentState state) {
    return payment_for(created, PaymentId{turn.new_id()}, state, at);
  };

  const bool billed_before = may_have_been_billed(order_created, turn.now());
  auto cancel_reason = CancellationStore(turn.db()).take(created.order_id);
  const auto mark_canceled = [&](Payment& payment) {
    payment.cancel_requested = cancel_reason.has_value();
    payment.cancel_reason = cancel_reason.value_or("");
  };
  if (cancel_reason && !billed_before) {
    Payment payment = payment_in(canceled);
    mark_canceled(payment);
    end_order(payment, OrderResult::canceled, {}, turn);
    return;
  }

  FraudWindowStore window(turn.db());
  const WindowTotals totals =
      window.totals(order.user_id, order.total.currency, at, rules.window, rules.max_orders);
  if (auto reasons = fraud_reasons(order, totals, rules); !reasons.empty()) {
    end_order(payment_in(refused), OrderResult::canceled_fraud, std::move(reasons), turn);
    return;
  }

  Payment payment = payment_in(order.total.amount == 0 ? captured : requested);
  // The key may have been sent: the gateway's books are looked at before it is sent again, and what
  // they have is paid back where the order is to be canceled.
  payment.sendings = billed_before ? 1 : 0;
  mark_canceled(payment);
  if (!PaymentStore(turn.db()).add(payment)) return;
  window.add(order.user_id, at, created.order_id, order.total);
  // A row is kept for one window more than it counts for, so that an order that arrives late by up
  // to a window is still judged by all that belongs to its own.
  window.sweep(at - 2 * rules.window);

  if (payment.state == captured) {
    publish_processed(turn, order_processed(payment, OrderResult::processed));
  } else {
    turn.publish(created.order_id.value().to_string(), payment_requested(payment));
  }
}

void discard_order(const events::Event& order_created, events::Turn& turn) {
  if (!order_created.is<orders::OrderCreated>()) return;
  const auto& created = order_created.as<orders::OrderCreated>();
  CancellationStore(turn.db()).take(created.order_id);
  const Payment payment = payment_for(created, PaymentId{turn.new_id()}, PaymentState::canceled,
                                      order_created.meta().occurred_at);
  end_order(payment, OrderResult::canceled, {std::string(discarded_code)}, turn);
}

}  // namespace orderflow::billing
