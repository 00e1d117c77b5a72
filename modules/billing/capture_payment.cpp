#include "capture_payment.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_requested.hpp"
#include "payment_store.hpp"

#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Outcome;
using events::Turn;

PaymentId payment_id_of(const PaymentRequested& requested) {
  const auto id = core::Uuid::parse(requested.payment_id);
  if (!id) throw events::PermanentFailure("'" + requested.payment_id + "' is not a payment id");
  return PaymentId{*id};
}

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

OrderProcessed order_processed(const PaymentRequested& requested, OrderResult status) {
  return {.order_id = requested.order_id,
          .user_id = requested.user_id,
          .email = requested.email,
          .currency = requested.currency,
          .amount = requested.amount,
          .status = status,
          .reasons = {},
          .payment_id = requested.payment_id};
}

Outcome captured(const PaymentRequested& requested, PaymentId id, std::string reference) {
  auto processed = order_processed(requested, OrderResult::processed);
  return Outcome::success(
      [id, reference = std::move(reference), processed = std::move(processed)](Turn& turn) {
        if (!PaymentStore(turn.db()).capture(id, reference, turn.now())) return;
        turn.emit(processed.order_id, processed);
      });
}

Outcome declined(const PaymentRequested& requested, PaymentId id, std::string code) {
  auto processed = order_processed(requested, OrderResult::payment_declined);
  processed.reasons.push_back(std::move(code));
  return Outcome::success([id, processed = std::move(processed)](Turn& turn) {
    if (!PaymentStore(turn.db()).decline(id, processed.reasons.front(), turn.now())) return;
    turn.emit(processed.order_id, processed);
  });
}

Outcome answered(const PaymentRequested& requested, PaymentId id, ChargeResult result) {
  if (auto* approved = std::get_if<Approved>(&result)) {
    return captured(requested, id, std::move(approved->reference));
  }
  return declined(requested, id, std::move(std::get<Declined>(result).code));
}

Outcome failed(PaymentId id, std::string error) {
  const auto count = [id, error](Turn& turn) {
    PaymentStore(turn.db()).count_failure(id, error, turn.now());
  };
  return Outcome::failure(std::move(error), count);
}

}  // namespace

boost::asio::awaitable<events::Outcome> capture_payment(PaymentGateway& gateway,
                                                        const events::Event& payment_requested,
                                                        const events::EffectContext& context) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const PaymentId id = payment_id_of(requested);
  const ChargeRequest charge = charge_request(requested, context);
  std::string error;
  try {
    ChargeResult result = co_await gateway.charge(charge);
    co_return answered(requested, id, std::move(result));
  } catch (const GatewayError& e) {
    error = e.what();
  }
  co_return failed(id, std::move(error));
}

}  // namespace orderflow::billing
