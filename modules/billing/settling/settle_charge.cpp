#include "settling/settle_charge.hpp"

#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "books/unbooked.hpp"
#include "settling/request_refund.hpp"

#include <string>
#include <utility>
#include <vector>

namespace orderflow::billing {
namespace {

using events::Turn;

/// Charged for nothing, or twice: the money has to go back by hand.
void look_at_needless_charge(Turn& turn, const Payment& payment, const std::string& reference) {
  if (payment.gateway_reference == reference || may(PaymentChange::capture, payment.state)) return;
  cannot_book(turn, {.subject = Unbooked::Subject::charge,
                     .reference = reference,
                     .charge_reference = reference,
                     .why = needless_charge(payment, reference)});
}

void capture(Turn& turn, const PaymentGateway& gateway, PaymentId id, const Approved& approved) {
  PaymentStore payments(turn.db());
  const bool is_first = payments.capture(id, approved.reference, turn.now());
  const auto payment = payments.find(id);
  if (!payment) return;
  if (!is_first) {
    look_at_needless_charge(turn, *payment, approved.reference);
    return;
  }
  publish_processed(turn, order_processed(*payment, OrderResult::processed));
  if (payment->cancel_requested) pay_back_rest(turn, gateway, *payment, payment->cancel_reason);
}

void decline(Turn& turn, PaymentId id, const Declined& declined) {
  PaymentStore payments(turn.db());
  if (!payments.decline(id, declined.code, turn.now())) return;
  const Payment payment = payments.find(id).value();
  const OrderResult result =
      payment.cancel_requested ? OrderResult::canceled : OrderResult::payment_declined;
  publish_processed(turn, order_processed(payment, result, {declined.code}));
}

}  // namespace

void settle_charge(Turn& turn, const PaymentGateway& gateway, PaymentId id,
                   const ChargeResult& result) {
  if (const auto* approved = std::get_if<Approved>(&result)) {
    capture(turn, gateway, id, *approved);
  } else if (const auto* declined = std::get_if<Declined>(&result)) {
    decline(turn, id, *declined);
  } else {
    const Pending& pending = std::get<Pending>(result);
    PaymentStore(turn.db()).begin_processing(id, pending.reference, turn.now());
  }
}

std::string needless_charge(const Payment& payment, const std::string& charge_reference) {
  const std::string id = payment.id.value().to_string();
  return "charge " + charge_reference + " was made for payment " + id + " of order " +
         payment.order_id.value().to_string() + ", which is " +
         std::string(to_string(payment.state)) +
         (payment.gateway_reference.empty() ? "" : " by charge " + payment.gateway_reference) +
         ": it is to be paid back at the gateway";
}

}  // namespace orderflow::billing
