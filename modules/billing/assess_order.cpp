#include "assess_order.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_requested.hpp"
#include "events/retry_policy.hpp"
#include "fraud_window_store.hpp"
#include "payment_store.hpp"

#include <utility>

namespace orderflow::billing {
namespace {

OrderId order_id_of(const orders::OrderCreated& order) {
  const auto id = core::Uuid::parse(order.order_id);
  if (!id) throw events::PermanentFailure("'" + order.order_id + "' is not an order id");
  return OrderId{*id};
}

OrderProcessed order_processed(const orders::OrderCreated& order, OrderResult status) {
  return {.order_id = order.order_id,
          .user_id = order.user_id,
          .email = order.email,
          .currency = order.currency,
          .amount = order.total_amount,
          .status = status,
          .reasons = {},
          .payment_id = {}};
}

PaymentRequested payment_requested(const orders::OrderCreated& order, const Payment& payment) {
  return {.payment_id = payment.id.value().to_string(),
          .order_id = order.order_id,
          .user_id = order.user_id,
          .email = order.email,
          .currency = order.currency,
          .amount = order.total_amount,
          .payment_method = order.payment_method,
          .gateway_key = payment.gateway_key};
}

Payment payment_for(const orders::OrderCreated& order, OrderId order_id, PaymentId id,
                    core::Timestamp at) {
  Payment payment;
  payment.id = id;
  payment.order_id = order_id;
  payment.user_id = order.user_id;
  payment.currency = order.currency;
  payment.amount = order.total_amount;
  payment.payment_method = order.payment_method;
  payment.state = order.total_amount == 0 ? PaymentState::captured : PaymentState::requested;
  payment.gateway_key = order.order_id + ":1";
  payment.created_at = at;
  payment.updated_at = at;
  return payment;
}

}  // namespace

void assess_order(const FraudRules& rules, const events::Event& order_created, events::Turn& turn) {
  const auto& order = order_created.as<orders::OrderCreated>();
  const OrderId order_id = order_id_of(order);
  const core::Timestamp at = order_created.meta().occurred_at;
  PaymentStore payments(turn.db());
  FraudWindowStore window(turn.db());

  const WindowFigures figures =
      window.figures(order.user_id, order.currency, at, rules.window, rules.max_orders);
  if (auto reasons = fraud_reasons(order, figures, rules); !reasons.empty()) {
    if (payments.exists_for(order_id)) return;
    OrderProcessed refused = order_processed(order, OrderResult::canceled_fraud);
    refused.reasons = std::move(reasons);
    turn.emit(order.order_id, std::move(refused));
    return;
  }

  const Payment payment = payment_for(order, order_id, PaymentId{turn.new_id()}, at);
  if (!payments.add(payment)) return;
  window.add(order.user_id, at, order_id, order.currency, order.total_amount);
  // A row is kept for one window more than it counts for, so that an order that arrives late by up
  // to a window is still judged by all that belongs to its own.
  window.sweep(at - 2 * rules.window);

  if (payment.state == PaymentState::captured) {
    OrderProcessed processed = order_processed(order, OrderResult::processed);
    processed.payment_id = payment.id.value().to_string();
    turn.emit(order.order_id, std::move(processed));
  } else {
    turn.emit(order.order_id, payment_requested(order, payment));
  }
}

}  // namespace orderflow::billing
