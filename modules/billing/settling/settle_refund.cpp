#include "settling/settle_refund.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "books/unbooked.hpp"
#include "telemetry/log.hpp"

#include <stdexcept>

namespace orderflow::billing {
namespace {

using events::Turn;

void must_be_promised(bool is_promised, const Refund& refund) {
  if (is_promised) return;
  throw std::logic_error("refund " + refund.id.value().to_string() + " over " +
                         std::to_string(refund.amount.amount) +
                         " was never promised by its payment");
}

void log_for_operator(Turn& turn, const std::string& what, const Refund& refund,
                      const std::string& reference) {
  const Payment payment = PaymentStore(turn.db()).find(refund.payment_id).value();
  cannot_book(turn, {.subject = Unbooked::Subject::refund,
                     .reference = reference,
                     .charge_reference = payment.gateway_reference,
                     .why = what + ": refund " + refund.id.value().to_string() + " of order " +
                            refund.order_id.value().to_string() + ", which is " +
                            std::string(to_string(refund.state)) + " here"});
}

/// Requested again, where it was given up here and made there and its amount is still free.
bool take_up_what_was_made(Turn& turn, const Refund& refund) {
  return may(RefundChange::take_up_again, refund.state) &&
         PaymentStore(turn.db()).promise(refund.payment_id, refund.amount.amount, turn.now()) &&
         RefundStore(turn.db()).take_up_again(refund.id, refund.reason, turn.now());
}

void make(Turn& turn, const Refund& found, const RefundMade& made) {
  if (found.state == RefundState::made) return;
  if (!may(RefundChange::make, found.state) && !take_up_what_was_made(turn, found)) {
    log_for_operator(turn, "the gateway has made a refund that it was not to make", found,
                     made.reference);
    return;
  }
  RefundStore refunds(turn.db());
  refunds.make(found.id, made.reference, turn.now());
  const Refund refund = refunds.find(found.id).value();
  PaymentStore payments(turn.db());
  must_be_promised(payments.pay_back(refund.payment_id, refund.amount.amount, turn.now()), refund);
  publish_refunded(turn, refund.gateway_key,
                   payment_refunded(payments.find(refund.payment_id).value(), refund));
}

/// One that the shop has asked for at the gateway was never promised to anybody here.
void free_what_was_not_made(Turn& turn, const Refund& refund, const std::string& error) {
  if (refund.origin == RefundOrigin::orderflow) return free_amount(turn, refund, error);
  PaymentStore payments(turn.db());
  must_be_promised(payments.release(refund.payment_id, refund.amount.amount, turn.now()), refund);
}

void note_later_failure(Turn& turn, const Refund& refund, const std::string& code) {
  const std::string error = "it failed after it was made: " + code;
  if (refund.last_error == error) return;
  RefundStore(turn.db()).note_later_failure(refund.id, error, turn.now());
  telemetry::log("billing").critical(
      "a refund has failed after it was made refund={} order={} told={}",
      refund.id.value().to_string(), refund.order_id.value().to_string(), code);
}

void refuse(Turn& turn, const Refund& found, const RefundRefused& refused) {
  const std::string error = "the gateway refuses the refund: " + refused.code;
  if (RefundStore(turn.db()).refuse(found.id, error, turn.now())) {
    free_what_was_not_made(turn, found, error);
  } else if (found.state == RefundState::made) {
    note_later_failure(turn, found, refused.code);
  }
}

}  // namespace

void free_amount(Turn& turn, const Refund& refund, const std::string& reason) {
  PaymentStore payments(turn.db());
  const Payment before = payments.find(refund.payment_id).value();
  must_be_promised(payments.release(refund.payment_id, refund.amount.amount, turn.now()), refund);
  payments.keep_after_all(refund.payment_id, turn.now());
  turn.publish(refund.order_id.value().to_string(),
               payment_refund_abandoned(before, refund, reason));
}

void renew_key(Turn& turn, const Refund& refund) {
  RefundStore refunds(turn.db());
  const std::string key = refunds.free_key(refund.payment_id, refund.order_id);
  refunds.renew_key(refund.id, key, turn.now());
  telemetry::log("billing").warn("the key of a refund is taken refund={} order={} key={} next={}",
                                 refund.id.value().to_string(), refund.order_id.value().to_string(),
                                 refund.gateway_key, key);
  if (refund.state != RefundState::requested) return;
  const Payment payment = PaymentStore(turn.db()).find(refund.payment_id).value();
  turn.publish(refund.order_id.value().to_string(),
               payment_refund_requested(payment, refunds.find(refund.id).value()));
}

void settle_refund(Turn& turn, const std::string& gateway_key, const RefundResult& result) {
  RefundStore refunds(turn.db());
  const auto found = refunds.find_by_key(gateway_key);
  if (!found) return;
  if (const auto* made = std::get_if<RefundMade>(&result)) {
    make(turn, *found, *made);
  } else if (const auto* refused = std::get_if<RefundRefused>(&result)) {
    refuse(turn, *found, *refused);
  } else if (const auto* pending = std::get_if<RefundPending>(&result)) {
    refunds.begin_processing(found->id, pending->reference, turn.now());
  } else if (found->state == RefundState::requested) {
    renew_key(turn, *found);
  }
}

}  // namespace orderflow::billing
