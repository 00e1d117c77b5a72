#include "capture_payment.hpp"

#include "event_ids.hpp"
#include "payment_events.hpp"
#include "payment_store.hpp"
#include "request_refund.hpp"

#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Outcome;
using events::Turn;

ChargeRequest charge_request(const PaymentRequested& requested,
                             const events::EffectContext& context) {
  const auto currency = core::Currency::parse(requested.currency);
  if (!currency) {
    throw events::PermanentFailure("'" + requested.currency + "' is not a currency");
  }
  return {.idempotency_key = requested.gateway_key,
          .amount = {requested.amount, *currency},
          .payment_method = requested.payment_method,
          .order_id = requested.order_id,
          .payment_id = requested.payment_id,
          .attempt = context.attempt,
          .deadline = context.deadline - capture_grace,
          .timers = context.timers};
}

void say_processed(Turn& turn, const Payment& payment, OrderResult result,
                   std::vector<std::string> reasons) {
  turn.emit(payment.order_id.value().to_string(),
            order_processed(payment, result, std::move(reasons)));
}

OrderResult result_without_charge(const Payment& payment) noexcept {
  return payment.cancel_requested ? OrderResult::canceled : OrderResult::payment_declined;
}

Outcome captured(PaymentId id, std::string reference) {
  return Outcome::success([id, reference = std::move(reference)](Turn& turn) {
    PaymentStore payments(turn.db());
    if (!payments.capture(id, reference, turn.now())) return;
    const Payment payment = payments.find(id).value();
    say_processed(turn, payment, OrderResult::processed, {});
    if (payment.cancel_requested) pay_back_rest(turn, payment, payment.cancel_reason);
  });
}

Outcome declined(PaymentId id, std::string code) {
  return Outcome::success([id, code = std::move(code)](Turn& turn) {
    PaymentStore payments(turn.db());
    if (!payments.decline(id, code, turn.now())) return;
    const Payment payment = payments.find(id).value();
    say_processed(turn, payment, result_without_charge(payment), {code});
  });
}

Outcome answered(PaymentId id, ChargeResult result) {
  if (auto* approved = std::get_if<Approved>(&result)) {
    return captured(id, std::move(approved->reference));
  }
  return declined(id, std::move(std::get<Declined>(result).code));
}

Outcome failed(PaymentId id, std::string error) {
  const auto count = [id, error](Turn& turn) {
    PaymentStore(turn.db()).count_failure(id, error, turn.now());
  };
  return Outcome::failure(std::move(error), count);
}

}  // namespace

bool prepare_capture(const events::Event& payment_requested, Turn& turn) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const auto uuid = core::Uuid::parse(requested.payment_id);
  if (!uuid) return true;  // the attempt tells what is wrong with it, for good
  const PaymentId id{*uuid};
  PaymentStore payments(turn.db());
  if (payments.begin_sending(id, turn.now())) return true;
  const auto state = payments.state_of(id);
  if (!state) throw events::PermanentFailure("there is no payment " + requested.payment_id);
  return state == PaymentState::sending;
}

boost::asio::awaitable<events::Outcome> capture_payment(PaymentGateway& gateway,
                                                        const events::Event& payment_requested,
                                                        const events::EffectContext& context) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const PaymentId id = payment_id_of(requested.payment_id);
  const ChargeRequest charge = charge_request(requested, context);
  std::string error;
  try {
    ChargeResult result = co_await gateway.charge(charge);
    co_return answered(id, std::move(result));
  } catch (const GatewayError& e) {
    error = e.what();
  }
  co_return failed(id, std::move(error));
}

Outcome rehearse_capture(const events::Event& payment_requested) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  return captured(payment_id_of(requested.payment_id), "rehearsed");
}

void discard_capture(const events::Event& payment_requested, Turn& turn) {
  if (!payment_requested.is<PaymentRequested>()) return;
  const auto id = core::Uuid::parse(payment_requested.as<PaymentRequested>().payment_id);
  if (!id) return;
  PaymentStore payments(turn.db());
  if (!payments.give_up(PaymentId{*id}, discarded_code, turn.now())) return;
  const Payment payment = payments.find(PaymentId{*id}).value();
  say_processed(turn, payment, result_without_charge(payment), {std::string(discarded_code)});
}

}  // namespace orderflow::billing
