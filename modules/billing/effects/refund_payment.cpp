#include "effects/refund_payment.hpp"

#include "billing/contract/payment_refund_requested.hpp"
#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "effects/gateway_attempt.hpp"
#include "settling/book_statement.hpp"
#include "settling/request_refund.hpp"
#include "settling/settle_refund.hpp"

#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using events::AttemptResult;
using events::Turn;

/// `refund` is as the attempt finds it: begun.
RefundRequest refund_request(const events::Event& event, const Refund& refund,
                             const events::EffectContext& context) {
  const auto& requested = event.as<PaymentRefundRequested>();
  require_known_currency(requested.amount);
  return {.idempotency_key = requested.gateway_key,
          .amount = requested.amount,
          .charge_reference = requested.gateway_reference,
          .payment_method = requested.payment_method,
          .order_id = requested.order_id.value().to_string(),
          .payment_id = requested.payment_id.value().to_string(),
          .refund_id = requested.payment_refund_id
                           ? requested.payment_refund_id->value().to_string()
                           : std::string{},
          .attempt = context.attempt,
          .key_since = refund.sent_at.value_or(refund.created_at),
          .resumed = refund.sendings > 1,
          .deadline = context.deadline - attempt_grace,
          .timers = context.timers};
}

Refund find_refund(const host::Host& host, const std::string& gateway_key) {
  auto refund = host.read(
      [&](storage::Session session) { return RefundStore(session).find_by_key(gateway_key); });
  if (!refund) throw events::PermanentFailure("there is no refund with the key " + gateway_key);
  return std::move(*refund);
}

AttemptResult answered(const std::string& gateway_key, RefundResult result) {
  return AttemptResult::success([gateway_key, result = std::move(result)](Turn& turn) {
    settle_refund(turn, gateway_key, result);
  });
}

/// Whether the gateway's books know more than ours: the shop has paid back there itself, or another
/// node has.
bool is_to_be_compared(const RefundResult& result) noexcept {
  return std::holds_alternative<RefundRefused>(result) ||
         std::holds_alternative<RefundKeyTaken>(result);
}

/// A refusal, and what the gateway's books say of the charge beside it: where they have more than
/// ours, a cancellation goes on with what is left by them.
void settle_refused(Turn& turn, const PaymentGateway& gateway, const Refund& refund,
                    const RefundRefused& refused, const ChargeStatement& statement) {
  PaymentStore payments(turn.db());
  const auto before = payments.find(refund.payment_id);
  settle_refund(turn, refund.gateway_key, refused);
  // At its first sending it was surely not made under its key, whatever stands there.
  const std::string taken_key = refund.sendings > 1 ? std::string{} : refund.gateway_key;
  if (!book_statement(turn, gateway, statement, taken_key) || !before) return;
  const auto after = payments.find(refund.payment_id);
  if (before->cancel_requested && left_to_refund(*after) > 0) {
    pay_back_rest(turn, gateway, *after, before->cancel_reason);
  }
}

/// The key of a refund stands for another one: that is booked, and this one goes on under the next
/// key, unless too little is left for it.
void settle_key_taken(Turn& turn, const PaymentGateway& gateway, const Refund& refund,
                      const ChargeStatement& statement) {
  book_statement(turn, gateway, statement, refund.gateway_key);
  const auto after = RefundStore(turn.db()).find(refund.id);
  if (after && after->gateway_key == refund.gateway_key) {
    settle_refund(turn, refund.gateway_key, RefundKeyTaken{});
  }
}

/// `refund` is as the attempt has found it.
AttemptResult compared(const PaymentGateway& gateway, ChargeStatement statement, Refund refund,
                       RefundResult result) {
  return AttemptResult::success([&gateway, statement = std::move(statement),
                                 refund = std::move(refund),
                                 result = std::move(result)](Turn& turn) {
    if (const auto* refused = std::get_if<RefundRefused>(&result)) {
      settle_refused(turn, gateway, refund, *refused, statement);
    } else {
      settle_key_taken(turn, gateway, refund, statement);
    }
  });
}

RecordFailure on_refund(const std::string& gateway_key) {
  return [gateway_key](Turn& turn, const std::string& error, bool counts) {
    RefundStore refunds(turn.db());
    if (counts) {
      refunds.count_failure(gateway_key, error, turn.now());
    } else {
      refunds.note_error(gateway_key, error, turn.now());
    }
  };
}

/// The gateway's answer. A refusal that may be about an earlier attempt is held against its books.
boost::asio::awaitable<RefundResult> answer_to(PaymentGateway& gateway,
                                               const RefundRequest& refund) {
  RefundResult result = co_await gateway.refund(refund);
  if (std::holds_alternative<RefundRefused>(result) && refund.resumed && gateway.keeps_books()) {
    const RefundInquiry inquiry{.idempotency_key = refund.idempotency_key,
                                .reference = {},
                                .charge_reference = refund.charge_reference,
                                .amount = refund.amount,
                                .deadline = refund.deadline};
    if (auto found = co_await gateway.find_refund(inquiry)) result = std::move(*found);
  }
  co_return std::move(result);
}

/// Whether the refund has a newer message: the gateway had the key of this one for another refund.
bool goes_on_under_another_key(RefundStore& refunds, const PaymentRefundRequested& requested) {
  const auto& id = requested.payment_refund_id;
  const auto refund = id ? refunds.find(*id) : std::nullopt;
  return refund && refund->gateway_key != requested.gateway_key;
}

}  // namespace

bool prepare_refund(const events::Event& refund_requested, Turn& turn) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  RefundStore refunds(turn.db());
  if (goes_on_under_another_key(refunds, requested)) return false;
  const auto refund = refunds.find_by_key(requested.gateway_key);
  if (!refund) {
    throw events::PermanentFailure("there is no refund with the key " + requested.gateway_key);
  }
  if (refund->amount != requested.amount) {
    throw events::PermanentFailure("refund " + refund->id.value().to_string() + " is over " +
                                   refund->amount.in_minor_unit() + ", not " +
                                   requested.amount.in_minor_unit());
  }
  return refunds.begin_sending(refund->id, turn.now());
}

boost::asio::awaitable<events::AttemptResult> refund_payment(const host::Host& host,
                                                             PaymentGateway& gateway,
                                                             const events::Event& refund_requested,
                                                             const events::EffectContext& context) {
  const auto& requested = refund_requested.as<PaymentRefundRequested>();
  const Refund row = find_refund(host, requested.gateway_key);
  const RefundRequest refund = refund_request(refund_requested, row, context);
  const auto ask = [&]() -> boost::asio::awaitable<AttemptResult> {
    auto asking = answer_to(gateway, refund);
    RefundResult result = co_await std::move(asking);
    std::optional<ChargeStatement> statement;
    if (is_to_be_compared(result)) {
      const StatementInquiry inquiry{.charge_reference = refund.charge_reference,
                                     .deadline = refund.deadline};
      statement = co_await gateway.statement_of(inquiry);
    }
    co_return statement ? compared(gateway, std::move(*statement), row, std::move(result))
                        : answered(requested.gateway_key, std::move(result));
  };
  auto attempt = attempt_at_gateway(on_refund(requested.gateway_key), ask);
  AttemptResult result = co_await std::move(attempt);
  co_return result;
}

AttemptResult assumed_refund(const events::Event& refund_requested) {
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
