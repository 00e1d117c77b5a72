#include "effects/capture_payment.hpp"

#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "effects/gateway_attempt.hpp"
#include "settling/settle_charge.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

using events::AttemptResult;
using events::Turn;

/// What the key of a charge may have seen.
struct KeyHistory {
  core::Timestamp since;
  bool was_sent = true;  ///< the attempt at hand is not the first one under it
};

/// The first key of an order is as old as the order: whatever node has billed it has used it.
KeyHistory history_of(const host::Host& host, const events::Event& payment_requested,
                      const events::EffectContext& context) {
  const PaymentId id = payment_requested.as<PaymentRequested>().payment_id;
  const auto payment =
      host.read([&](storage::Session session) { return PaymentStore(session).find(id); });
  KeyHistory history{.since = payment_requested.meta().occurred_at};
  if (!payment) return history;
  history.was_sent = payment->sendings > 1;
  if (context.note.empty()) history.since = std::min(history.since, payment->created_at);
  return history;
}

ChargeRequest charge_request(const PaymentRequested& requested, core::Timestamp key_since,
                             bool resumed, const events::EffectContext& context) {
  require_known_currency(requested.amount);
  return {.idempotency_key = context.note.empty() ? requested.gateway_key : context.note,
          .amount = requested.amount,
          .payment_method = requested.payment_method,
          .order_id = requested.order_id.value().to_string(),
          .payment_id = requested.payment_id.value().to_string(),
          .attempt = context.attempt,
          .key_since = key_since,
          .resumed = resumed,
          .deadline = context.deadline - attempt_grace,
          .timers = context.timers};
}

AttemptResult answered(const PaymentGateway& gateway, PaymentId id, ChargeResult result) {
  return AttemptResult::success([&gateway, id, result = std::move(result)](Turn& turn) {
    settle_charge(turn, gateway, id, result);
  });
}

RecordFailure on_payment(PaymentId id) {
  return [id](Turn& turn, const std::string& error, bool counts) {
    PaymentStore payments(turn.db());
    if (counts) {
      payments.count_failure(id, error, turn.now());
    } else {
      payments.note_error(id, error, turn.now());
    }
  };
}

/// The gateway's answer. A decline that may be about an earlier attempt is held against its books.
boost::asio::awaitable<ChargeResult> answer_to(PaymentGateway& gateway,
                                               const ChargeRequest& charge) {
  ChargeResult result = co_await gateway.charge(charge);
  if (std::holds_alternative<Declined>(result) && charge.resumed) {
    const ChargeInquiry inquiry{.payment_id = charge.payment_id,
                                .reference = {},
                                .amount = charge.amount,
                                .deadline = charge.deadline};
    if (auto found = co_await gateway.find_charge(inquiry)) result = std::move(*found);
  }
  co_return std::move(result);
}

void require_agreement(const Payment& payment, const PaymentRequested& requested) {
  if (payment.amount == requested.amount && payment.payment_method == requested.payment_method) {
    return;
  }
  const auto terms_of = [](const core::Money& amount, const std::string& method) {
    return amount.in_minor_unit() + " by '" + method + "'";
  };
  throw events::PermanentFailure(
      "payment " + requested.payment_id.value().to_string() + " is to be charged " +
      terms_of(payment.amount, payment.payment_method) + ", and not " +
      terms_of(requested.amount, requested.payment_method) + ": it was edited without the payment");
}

}  // namespace

bool prepare_capture(const events::Event& payment_requested, events::EffectContext& context,
                     Turn& turn) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const PaymentId id = requested.payment_id;
  PaymentStore payments(turn.db());
  ChargeTerms terms{.amount = requested.amount,
                    .payment_method = requested.payment_method,
                    .gateway_key = requested.gateway_key};
  if (payments.begin_sending(id, terms, turn.now())) return true;
  const auto payment = payments.find(id);
  if (!payment) throw events::PermanentFailure("there is no payment " + id.value().to_string());
  if (!may(PaymentChange::send, payment->state)) return false;
  require_agreement(*payment, requested);
  context.note = payment->gateway_key;
  terms.gateway_key = context.note;
  return payments.begin_sending(id, terms, turn.now());
}

boost::asio::awaitable<events::AttemptResult> capture_payment(
    const host::Host& host, PaymentGateway& gateway, const events::Event& payment_requested,
    const events::EffectContext& context) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  const PaymentId id = requested.payment_id;
  const KeyHistory key = history_of(host, payment_requested, context);
  const bool resumed = gateway.keeps_books() && key.was_sent;
  const ChargeRequest charge = charge_request(requested, key.since, resumed, context);
  const auto ask = [&]() -> boost::asio::awaitable<AttemptResult> {
    auto asking = answer_to(gateway, charge);
    ChargeResult result = co_await std::move(asking);
    co_return answered(gateway, id, std::move(result));
  };
  auto attempt = attempt_at_gateway(on_payment(id), ask);
  AttemptResult result = co_await std::move(attempt);
  co_return result;
}

AttemptResult assumed_capture(const PaymentGateway& gateway,
                              const events::Event& payment_requested) {
  const auto& requested = payment_requested.as<PaymentRequested>();
  return answered(gateway, requested.payment_id, Approved{"rehearsed"});
}

void discard_capture(const events::Event& payment_requested, Turn& turn) {
  if (!payment_requested.is<PaymentRequested>()) return;
  const PaymentId id = payment_requested.as<PaymentRequested>().payment_id;
  PaymentStore payments(turn.db());
  if (!payments.give_up(id, discarded_code, turn.now())) return;
  const Payment payment = payments.find(id).value();
  const OrderResult result =
      payment.cancel_requested ? OrderResult::canceled : OrderResult::payment_declined;
  publish_processed(turn, order_processed(payment, result, {std::string(discarded_code)}));
}

}  // namespace orderflow::billing
