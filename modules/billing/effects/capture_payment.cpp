#include "effects/capture_payment.hpp"

#include "books/event_ids.hpp"
#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "settling/settle_charge.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

using events::AttemptResult;
using events::Turn;

/// Whether the attempt at hand is not the first one that was begun under the payment's key.
bool was_sent_before(const host::Host& host, PaymentId id) {
  const auto payment =
      host.read([&](storage::Session session) { return PaymentStore(session).find(id); });
  return !payment || payment->sendings > 1;
}

ChargeRequest charge_request(const PaymentRequested& requested, core::Timestamp key_since,
                             bool resumed, const events::EffectContext& context) {
  const auto currency = core::Currency::parse(requested.currency);
  if (!currency) {
    throw events::PermanentFailure("'" + requested.currency + "' is not a currency");
  }
  return {.idempotency_key = context.note.empty() ? requested.gateway_key : context.note,
          .amount = {requested.amount, *currency},
          .payment_method = requested.payment_method,
          .order_id = requested.order_id,
          .payment_id = requested.payment_id,
          .attempt = context.attempt,
          .key_since = key_since,
          .resumed = resumed,
          .deadline = context.deadline - capture_grace,
          .timers = context.timers};
}

AttemptResult answered(const PaymentGateway& gateway, PaymentId id, ChargeResult result) {
  return AttemptResult::success([&gateway, id, result = std::move(result)](Turn& turn) {
    settle_charge(turn, gateway, id, result);
  });
}

AttemptResult::Completion count_failure(PaymentId id, std::string error) {
  return [id, error = std::move(error)](Turn& turn) {
    PaymentStore(turn.db()).count_failure(id, error, turn.now());
  };
}

AttemptResult unavailable(PaymentId id, const GatewayUnavailable& reason) {
  const std::string error = reason.what();
  const auto note = [id, error](Turn& turn) {
    PaymentStore(turn.db()).note_error(id, error, turn.now());
  };
  return AttemptResult::unavailable(error, note, reason.not_before());
}

void require_agreement(const Payment& payment, const PaymentRequested& requested) {
  if (payment.currency == requested.currency && payment.amount == requested.amount &&
      payment.payment_method == requested.payment_method) {
    return;
  }
  const auto terms_of = [](std::int64_t amount, const std::string& currency,
                           const std::string& method) {
    return std::to_string(amount) + " " + currency + " by '" + method + "'";
  };
  throw events::PermanentFailure(
      "payment " + requested.payment_id + " is to be charged " +
      terms_of(payment.amount, payment.currency, payment.payment_method) + ", and not " +
      terms_of(requested.amount, requested.currency, requested.payment_method) +
      ": it was edited without the payment");
}

}  // namespace

bool prepare_capture(const events::Event& payment_requested, events::EffectContext& context,
                     Turn& turn) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const auto uuid = core::Uuid::parse(requested.payment_id);
  if (!uuid) return true;  // the attempt tells what is wrong with it, for good
  const PaymentId id{*uuid};
  PaymentStore payments(turn.db());
  ChargeTerms terms{.currency = requested.currency,
                    .amount = requested.amount,
                    .payment_method = requested.payment_method,
                    .gateway_key = requested.gateway_key};
  if (payments.begin_sending(id, terms, turn.now())) return true;
  const auto payment = payments.find(id);
  if (!payment) throw events::PermanentFailure("there is no payment " + requested.payment_id);
  if (payment->state != PaymentState::requested && payment->state != PaymentState::sending) {
    return false;
  }
  require_agreement(*payment, requested);
  context.note = payment->gateway_key;
  terms.gateway_key = context.note;
  return payments.begin_sending(id, terms, turn.now());
}

boost::asio::awaitable<events::AttemptResult> capture_payment(
    const host::Host& host, PaymentGateway& gateway, const events::Event& payment_requested,
    const events::EffectContext& context) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const PaymentId id = payment_id_of(requested.payment_id);
  const bool resumed = gateway.keeps_books() && was_sent_before(host, id);
  const ChargeRequest charge =
      charge_request(requested, payment_requested.meta().occurred_at, resumed, context);
  std::optional<AttemptResult> attempt_result;
  try {
    ChargeResult result = co_await gateway.charge(charge);
    if (std::holds_alternative<Declined>(result) && resumed) {
      const ChargeInquiry inquiry{.payment_id = charge.payment_id,
                                  .reference = {},
                                  .amount = charge.amount,
                                  .deadline = charge.deadline};
      if (auto found = co_await gateway.find_charge(inquiry)) result = std::move(*found);
    }
    attempt_result = answered(gateway, id, std::move(result));
  } catch (const GatewayUnavailable& e) {
    attempt_result = unavailable(id, e);
  } catch (const GatewayError& e) {
    attempt_result = AttemptResult::failure(e.what(), count_failure(id, e.what()));
  } catch (const GatewayRefusal& e) {
    attempt_result = AttemptResult::permanent_failure(e.what(), count_failure(id, e.what()));
  }
  co_return std::move(*attempt_result);
}

AttemptResult assumed_capture(const PaymentGateway& gateway,
                              const events::Event& payment_requested) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  return answered(gateway, payment_id_of(requested.payment_id), Approved{"rehearsed"});
}

void discard_capture(const events::Event& payment_requested, Turn& turn) {
  if (!payment_requested.is<PaymentRequested>()) return;
  const auto id = core::Uuid::parse(payment_requested.as<PaymentRequested>().payment_id);
  if (!id) return;
  PaymentStore payments(turn.db());
  if (!payments.give_up(PaymentId{*id}, discarded_code, turn.now())) return;
  const Payment payment = payments.find(PaymentId{*id}).value();
  const OrderResult result =
      payment.cancel_requested ? OrderResult::canceled : OrderResult::payment_declined;
  publish_processed(turn, order_processed(payment, result, {std::string(discarded_code)}));
}

}  // namespace orderflow::billing
