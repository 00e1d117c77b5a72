#include "settle_refund.hpp"

#include "billing/contract/payment_refund_abandoned.hpp"
#include "payment_events.hpp"
#include "payment_store.hpp"
#include "refund_store.hpp"
#include "telemetry/log.hpp"

#include <stdexcept>

namespace orderflow::billing {
namespace {

using events::Turn;

void must_be_promised(bool is_promised, const Refund& refund) {
  if (is_promised) return;
  throw std::logic_error("refund " + refund.id.value().to_string() + " over " +
                         std::to_string(refund.amount) + " was never promised by its payment");
}

void tell_operator(const char* what, const Refund& refund, const std::string& told) {
  telemetry::log("billing").critical(
      "{} refund={} order={} state={} told={}", what, refund.id.value().to_string(),
      refund.order_id.value().to_string(), to_string(refund.state), told);
}

void make(Turn& turn, const Refund& found, const RefundMade& made) {
  RefundStore refunds(turn.db());
  if (!refunds.make(found.id, made.reference, turn.now())) {
    if (found.state == RefundState::made) return;
    tell_operator("the gateway has made a refund that was given up", found, made.reference);
    return;
  }
  const Refund refund = refunds.find(found.id).value();
  PaymentStore payments(turn.db());
  must_be_promised(payments.pay_back(refund.payment_id, refund.amount, turn.now()), refund);
  say_refunded(turn, refund.gateway_key,
               payment_refunded(payments.find(refund.payment_id).value(), refund));
}

void refuse(Turn& turn, const Refund& found, const RefundRefused& refused) {
  const std::string error = "the gateway refuses the refund: " + refused.code;
  RefundStore refunds(turn.db());
  if (refunds.refuse(found.id, error, turn.now())) {
    free_amount(turn, found, error);
  } else if (found.state == RefundState::made) {
    refunds.note_later_failure(found.id, "it failed after it was made: " + refused.code,
                               turn.now());
    tell_operator("a refund has failed after it was made", found, refused.code);
  }
}

}  // namespace

void free_amount(Turn& turn, const Refund& refund, const std::string& reason) {
  PaymentStore payments(turn.db());
  const Payment before = payments.find(refund.payment_id).value();
  must_be_promised(payments.release(refund.payment_id, refund.amount, turn.now()), refund);
  payments.keep_after_all(refund.payment_id, turn.now());
  turn.emit(refund.order_id.value().to_string(), payment_refund_abandoned(before, refund, reason));
}

void settle_refund(Turn& turn, const std::string& gateway_key, const RefundResult& result) {
  RefundStore refunds(turn.db());
  const auto found = refunds.find_by_key(gateway_key);
  if (!found) return;
  if (const auto* made = std::get_if<RefundMade>(&result)) {
    make(turn, *found, *made);
  } else if (const auto* refused = std::get_if<RefundRefused>(&result)) {
    refuse(turn, *found, *refused);
  } else {
    const RefundPending& pending = std::get<RefundPending>(result);
    refunds.begin_processing(found->id, pending.reference, turn.now());
  }
}

}  // namespace orderflow::billing
