#include "settling/request_refund.hpp"

#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "books/refund_idempotency_store.hpp"
#include "books/refund_store.hpp"
#include "settling/refund_json.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Turn;

Refund new_refund(Turn& turn, const Payment& payment, std::int64_t amount,
                  const std::string& reason) {
  Refund refund;
  refund.id = RefundId{turn.new_id()};
  refund.payment_id = payment.id;
  refund.order_id = payment.order_id;
  refund.amount = {amount, payment.amount.currency};
  refund.reason = reason;
  refund.gateway_key = RefundStore(turn.db()).free_key(payment.id, payment.order_id);
  refund.created_at = turn.now();
  refund.updated_at = turn.now();
  return refund;
}

/// `amount` is more than 0, and no more than is left.
Refund begin_refund(Turn& turn, const Payment& payment, std::int64_t amount,
                    const std::string& reason) {
  if (!PaymentStore(turn.db()).promise(payment.id, amount, turn.now())) {
    throw std::logic_error("less than " + std::to_string(amount) + " is left of payment " +
                           payment.id.value().to_string());
  }
  RefundStore refunds(turn.db());
  Refund refund;
  if (const auto abandoned = refunds.find_abandoned(payment.id, amount)) {
    refunds.take_up_again(abandoned->id, reason, turn.now());
    refund = refunds.find(abandoned->id).value();
  } else {
    refund = new_refund(turn, payment, amount, reason);
    refunds.add(refund);
  }
  turn.publish(payment.order_id.value().to_string(), payment_refund_requested(payment, refund));
  return refund;
}

/// Of an amount of the payment's, what the gateway can pay back.
std::int64_t representable_of(const PaymentGateway& gateway, const Payment& payment,
                              std::int64_t amount) {
  const core::Currency currency = payment.amount.currency;
  return currency.is_known() ? gateway.representable({amount, currency}) : 0;
}

/// Keeps `amount` paid, as the gateway cannot hold it, and so the payment is not canceled.
void keep_paid(Turn& turn, const Payment& payment, std::int64_t amount, const std::string& reason) {
  Refund refund = new_refund(turn, payment, amount, reason);
  refund.state = RefundState::refused;
  refund.last_error = "the gateway cannot pay back " + std::to_string(amount) + " of " +
                      std::string(payment.amount.currency.code()) + "'s minor unit";
  RefundStore(turn.db()).add(refund);
  Payment canceled = payment;
  canceled.cancel_requested = true;
  turn.publish(payment.order_id.value().to_string(),
               payment_refund_abandoned(canceled, refund, refund.last_error));
  PaymentStore(turn.db()).keep_after_all(payment.id, turn.now());
}

}  // namespace

RefundDecision request_refund(Turn& turn, const PaymentGateway& gateway, PaymentId id,
                              const NewRefund& new_refund) {
  using enum RefundDenied::Why;
  const auto payment = PaymentStore(turn.db()).find(id);
  if (!payment) return RefundDenied{.why = no_such_payment};
  const std::int64_t left = left_to_refund(*payment);
  const auto denied = [&](RefundDenied::Why why) {
    return RefundDenied{.why = why, .state = payment->state, .left = left};
  };
  if (payment->state == PaymentState::refunded) return denied(nothing_left);
  if (payment->state != PaymentState::captured) return denied(not_captured);
  if (left == 0) return denied(nothing_left);
  const std::int64_t amount = new_refund.amount.value_or(left);
  if (amount > left) return denied(above_what_is_left);
  const std::int64_t representable = representable_of(gateway, *payment, amount);
  if (representable < amount) {
    return RefundDenied{.why = not_representable,
                        .state = payment->state,
                        .left = left,
                        .representable = representable};
  }
  if (RefundStore(turn.db()).count_of(id) >= refunds_max) return denied(too_many);
  return begin_refund(turn, *payment, amount, new_refund.reason);
}

RefundAnswerOrNot request_refund_once(Turn& turn, const PaymentGateway& gateway, PaymentId id,
                                      const NewRefund& new_refund,
                                      const std::optional<host::IdempotencyKey>& key,
                                      host::KeyAges& ages) {
  RefundIdempotencyStore keys(turn.db(), ages);
  if (key) {
    if (auto kept = keys.find(*key, id)) {
      if (!kept->same_request) return KeyReused{};
      return RefundAnswer{
          .refund_id = kept->refund_id, .body = std::move(kept->answer), .replayed = true};
    }
  }
  const RefundDecision decision = request_refund(turn, gateway, id, new_refund);
  if (const auto* denied = std::get_if<RefundDenied>(&decision)) return *denied;
  const Refund& refund = std::get<Refund>(decision);
  std::string body = text_of(to_json(refund));
  if (key) keys.keep(*key, refund, body, turn.now());
  return RefundAnswer{.refund_id = refund.id, .body = std::move(body), .replayed = false};
}

void pay_back_rest(Turn& turn, const PaymentGateway& gateway, const Payment& payment,
                   const std::string& reason) {
  PaymentStore payments(turn.db());
  if (!payments.want_back(payment.id, reason, turn.now())) return;
  if (payments.refund_nothing(payment.id, turn.now())) {
    PaymentRefunded refunded = nothing_refunded(payment);
    const std::string name = refunded.refund_id;
    publish_refunded(turn, name, std::move(refunded));
    return;
  }
  const std::int64_t left = left_to_refund(payment);
  if (left == 0) return;
  const std::int64_t representable = representable_of(gateway, payment, left);
  if (representable > 0) begin_refund(turn, payment, representable, reason);
  if (representable < left) keep_paid(turn, payment, left - representable, reason);
}

}  // namespace orderflow::billing
