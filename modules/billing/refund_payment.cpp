#include "refund_payment.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "capture_payment.hpp"
#include "event_ids.hpp"
#include "payment_events.hpp"
#include "payment_store.hpp"

#include <utility>

namespace orderflow::billing {
namespace {

using events::Outcome;
using events::Turn;

RefundRequest refund_request(const PaymentRefundRequested& requested,
                             const events::EffectContext& context) {
  const auto currency = core::Currency::parse(requested.currency);
  if (!currency) {
    throw events::PermanentFailure("'" + requested.currency + "' is not a currency");
  }
  return {.idempotency_key = requested.gateway_key,
          .amount = {requested.amount, *currency},
          .charge_reference = requested.gateway_reference,
          .payment_method = requested.payment_method,
          .order_id = requested.order_id,
          .payment_id = requested.payment_id,
          .attempt = context.attempt,
          .deadline = context.deadline - capture_grace,
          .timers = context.timers};
}

void say_refunded(Turn& turn, PaymentStore& payments, PaymentId id) {
  const Payment payment = payments.find(id).value();
  turn.emit(payment.order_id.value().to_string(), payment_refunded(payment));
}

Outcome refunded(PaymentId id, std::string reference) {
  return Outcome::success([id, reference = std::move(reference)](Turn& turn) {
    PaymentStore payments(turn.db());
    if (payments.refund(id, reference, turn.now())) say_refunded(turn, payments, id);
  });
}

Outcome::Completion failure_of(PaymentId id, const std::string& error) {
  return [id, error](Turn& turn) {
    PaymentStore(turn.db()).count_refund_failure(id, error, turn.now());
  };
}

Outcome answered(PaymentId id, RefundResult result) {
  if (auto* made = std::get_if<RefundMade>(&result)) {
    return refunded(id, std::move(made->reference));
  }
  std::string error = "the gateway refuses the refund: " + std::get<RefundRefused>(result).code;
  auto count = failure_of(id, error);
  return Outcome::permanent_failure(std::move(error), std::move(count));
}

}  // namespace

void request_refund(Turn& turn, const Payment& payment, const std::string& reason) {
  const std::string order_id = payment.order_id.value().to_string();
  const std::string refund_key = order_id + ":refund:1";
  PaymentStore payments(turn.db());
  if (payments.refund_nothing(payment.id, refund_key, reason, turn.now())) {
    say_refunded(turn, payments, payment.id);
    return;
  }
  if (!payments.begin_refund(payment.id, refund_key, reason, turn.now())) return;
  turn.emit(order_id, payment_refund_requested(payments.find(payment.id).value()));
}

bool prepare_refund(const events::Event& refund_requested, Turn& turn) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const auto id = core::Uuid::parse(requested.payment_id);
  if (!id) return true;  // the attempt tells what is wrong with it, for good
  const auto state = PaymentStore(turn.db()).state_of(PaymentId{*id});
  if (!state) throw events::PermanentFailure("there is no payment " + requested.payment_id);
  return state == PaymentState::refunding;
}

boost::asio::awaitable<events::Outcome> refund_payment(PaymentGateway& gateway,
                                                       const events::Event& refund_requested,
                                                       const events::EffectContext& context) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const PaymentId id = payment_id_of(requested.payment_id);
  const RefundRequest refund = refund_request(requested, context);
  std::string error;
  try {
    RefundResult result = co_await gateway.refund(refund);
    co_return answered(id, std::move(result));
  } catch (const GatewayError& e) {
    error = e.what();
  }
  auto count = failure_of(id, error);
  co_return Outcome::failure(std::move(error), std::move(count));
}

Outcome rehearse_refund(const events::Event& refund_requested) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  return refunded(payment_id_of(requested.payment_id), "rehearsed");
}

void discard_refund(const events::Event& refund_requested, const std::string& reason, Turn& turn) {
  if (!refund_requested.is<PaymentRefundRequested>()) return;
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const auto id = core::Uuid::parse(requested.payment_id);
  if (!id || !PaymentStore(turn.db()).abandon_refund(PaymentId{*id}, turn.now())) return;
  turn.emit(requested.order_id, PaymentRefundAbandoned{.order_id = requested.order_id,
                                                       .user_id = requested.user_id,
                                                       .payment_id = requested.payment_id,
                                                       .reason = reason});
}

}  // namespace orderflow::billing
