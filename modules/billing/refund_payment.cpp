#include "refund_payment.hpp"

#include "billing/contract/payment_refund_requested.hpp"
#include "capture_payment.hpp"
#include "refund_store.hpp"
#include "settle_refund.hpp"

#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Outcome;
using events::Turn;

RefundRequest refund_request(const PaymentRefundRequested& requested, core::Timestamp requested_at,
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
          .requested_at = requested_at,
          .deadline = context.deadline - capture_grace,
          .timers = context.timers};
}

Outcome answered(const std::string& gateway_key, RefundResult result) {
  return Outcome::success([gateway_key, result = std::move(result)](Turn& turn) {
    settle_refund(turn, gateway_key, result);
  });
}

Outcome::Completion count_failure(const std::string& gateway_key, std::string error) {
  return [gateway_key, error = std::move(error)](Turn& turn) {
    RefundStore(turn.db()).count_failure(gateway_key, error, turn.now());
  };
}

Outcome unavailable(const std::string& gateway_key, const GatewayUnavailable& reason) {
  std::string error = reason.what();
  const auto note = [gateway_key, error](Turn& turn) {
    RefundStore(turn.db()).note_error(gateway_key, error, turn.now());
  };
  return Outcome::unavailable(std::move(error), note, reason.not_before());
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
  const RefundRequest refund =
      refund_request(requested, refund_requested.meta().occurred_at, context);
  std::optional<Outcome> outcome;
  try {
    RefundResult result = co_await gateway.refund(refund);
    outcome = answered(requested.gateway_key, std::move(result));
  } catch (const GatewayUnavailable& e) {
    outcome = unavailable(requested.gateway_key, e);
  } catch (const GatewayError& e) {
    outcome = Outcome::failure(e.what(), count_failure(requested.gateway_key, e.what()));
  } catch (const GatewayRefusal& e) {
    outcome = Outcome::permanent_failure(e.what(), count_failure(requested.gateway_key, e.what()));
  }
  co_return std::move(*outcome);
}

Outcome rehearse_refund(const events::Event& refund_requested) {
  return answered(refund_requested.as<PaymentRefundRequested>().gateway_key,
                  RefundMade{"rehearsed"});
}

void discard_refund(const events::Event& refund_requested, const std::string& reason, Turn& turn) {
  if (!refund_requested.is<PaymentRefundRequested>()) return;
  RefundStore refunds(turn.db());
  const auto refund =
      refunds.find_by_key(refund_requested.as<PaymentRefundRequested>().gateway_key);
  if (refund && refunds.abandon(refund->id, turn.now())) free_amount(turn, *refund, reason);
}

}  // namespace orderflow::billing
