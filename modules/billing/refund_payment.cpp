#include "refund_payment.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "capture_payment.hpp"
#include "payment_events.hpp"
#include "payment_store.hpp"
#include "refund_store.hpp"

#include <stdexcept>
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
          .refund_id = requested.payment_refund_id,
          .attempt = context.attempt,
          .deadline = context.deadline - capture_grace,
          .timers = context.timers};
}

void must_be_promised(bool is_promised, const Refund& refund) {
  if (is_promised) return;
  throw std::logic_error("refund " + refund.id.value().to_string() + " over " +
                         std::to_string(refund.amount) + " was never promised by its payment");
}

Outcome made(std::string gateway_key, std::string reference) {
  return Outcome::success(
      [gateway_key = std::move(gateway_key), reference = std::move(reference)](Turn& turn) {
        RefundStore refunds(turn.db());
        const auto found = refunds.find_by_key(gateway_key);
        if (!found || !refunds.make(found->id, reference, turn.now())) return;
        const Refund refund = refunds.find(found->id).value();
        PaymentStore payments(turn.db());
        must_be_promised(payments.pay_back(refund.payment_id, refund.amount, turn.now()), refund);
        turn.emit(refund.order_id.value().to_string(),
                  payment_refunded(payments.find(refund.payment_id).value(), refund));
      });
}

/// Gives the amount of a refund that has ended without being made back to the payment.
void free_amount(Turn& turn, const Refund& refund, const std::string& reason) {
  PaymentStore payments(turn.db());
  const Payment before = payments.find(refund.payment_id).value();
  must_be_promised(payments.release(refund.payment_id, refund.amount, turn.now()), refund);
  payments.keep_after_all(refund.payment_id, turn.now());
  turn.emit(refund.order_id.value().to_string(), payment_refund_abandoned(before, refund, reason));
}

Outcome refused(std::string gateway_key, const std::string& code) {
  return Outcome::success([gateway_key = std::move(gateway_key),
                           error = "the gateway refuses the refund: " + code](Turn& turn) {
    RefundStore refunds(turn.db());
    const auto found = refunds.find_by_key(gateway_key);
    if (!found || !refunds.refuse(found->id, error, turn.now())) return;
    free_amount(turn, *found, error);
  });
}

Outcome answered(const std::string& gateway_key, RefundResult result) {
  if (auto* done = std::get_if<RefundMade>(&result)) {
    return made(gateway_key, std::move(done->reference));
  }
  return refused(gateway_key, std::get<RefundRefused>(result).code);
}

Outcome failed(const std::string& gateway_key, std::string error) {
  const auto count = [gateway_key, error](Turn& turn) {
    RefundStore(turn.db()).count_failure(gateway_key, error, turn.now());
  };
  return Outcome::failure(std::move(error), count);
}

}  // namespace

bool prepare_refund(const events::Event& refund_requested, Turn& turn) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const auto refund = RefundStore(turn.db()).find_by_key(requested.gateway_key);
  if (!refund) {
    throw events::PermanentFailure("there is no refund with the key " + requested.gateway_key);
  }
  if (refund->amount != requested.amount || refund->currency != requested.currency) {
    throw events::PermanentFailure("refund " + refund->id.value().to_string() + " is over " +
                                   std::to_string(refund->amount) + " " + refund->currency +
                                   ", not " + std::to_string(requested.amount) + " " +
                                   requested.currency);
  }
  return refund->state == RefundState::requested;
}

boost::asio::awaitable<events::Outcome> refund_payment(PaymentGateway& gateway,
                                                       const events::Event& refund_requested,
                                                       const events::EffectContext& context) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const RefundRequest refund = refund_request(requested, context);
  std::string error;
  try {
    RefundResult result = co_await gateway.refund(refund);
    co_return answered(requested.gateway_key, std::move(result));
  } catch (const GatewayError& e) {
    error = e.what();
  }
  co_return failed(requested.gateway_key, std::move(error));
}

Outcome rehearse_refund(const events::Event& refund_requested) {
  return made(refund_requested.as<PaymentRefundRequested>().gateway_key, "rehearsed");
}

void discard_refund(const events::Event& refund_requested, const std::string& reason, Turn& turn) {
  if (!refund_requested.is<PaymentRefundRequested>()) return;
  RefundStore refunds(turn.db());
  const auto refund =
      refunds.find_by_key(refund_requested.as<PaymentRefundRequested>().gateway_key);
  if (refund && refunds.abandon(refund->id, turn.now())) free_amount(turn, *refund, reason);
}

}  // namespace orderflow::billing
