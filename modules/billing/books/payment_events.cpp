#include "books/payment_events.hpp"

#include <utility>

namespace orderflow::billing {

PaymentRequested payment_requested(const Payment& payment) {
  return {.payment_id = payment.id,
          .order_id = payment.order_id,
          .buyer = payment.buyer,
          .amount = payment.amount,
          .payment_method = payment.payment_method,
          .gateway_key = payment.gateway_key};
}

OrderProcessed order_processed(const Payment& payment, OrderResult status,
                               std::vector<std::string> reasons) {
  return {.order_id = payment.order_id,
          .buyer = payment.buyer,
          .amount = payment.amount,
          .status = status,
          .reasons = std::move(reasons),
          .payment_id = payment.id};
}

PaymentRefundRequested payment_refund_requested(const Payment& payment, const Refund& refund) {
  return {.payment_id = payment.id,
          .order_id = payment.order_id,
          .buyer = payment.buyer,
          .amount = refund.amount,
          .payment_method = payment.payment_method,
          .gateway_reference = payment.gateway_reference,
          .gateway_key = refund.gateway_key,
          .reason = refund.reason,
          .payment_refund_id = refund.id};
}

PaymentRefunded payment_refunded(const Payment& payment, const Refund& refund) {
  return {.order_id = payment.order_id,
          .buyer = payment.buyer,
          .amount = refund.amount,
          .payment_id = payment.id,
          .refund_id = refund.gateway_reference,
          .payment_refund_id = refund.id,
          .remaining_amount = payment.amount.amount - payment.refunded_amount,
          .origin = refund.origin == RefundOrigin::gateway ? std::string(to_string(refund.origin))
                                                           : std::string{}};
}

PaymentRefunded nothing_refunded(const Payment& payment) {
  return {.order_id = payment.order_id,
          .buyer = payment.buyer,
          .amount = {0, payment.amount.currency},
          .payment_id = payment.id,
          .refund_id = payment.order_id.value().to_string() + ":refund:1"};
}

PaymentRefundAbandoned payment_refund_abandoned(const Payment& payment, const Refund& refund,
                                                const std::string& reason) {
  return {.order_id = payment.order_id,
          .user_id = payment.buyer.user_id,
          .payment_id = payment.id,
          .reason = reason,
          .payment_refund_id = refund.id,
          .amount = refund.amount,
          .withdraws_cancellation = payment.cancel_requested};
}

void publish_processed(events::Turn& turn, OrderProcessed processed) {
  const OrderId order = processed.order_id;
  turn.publish_once(order.value(), OrderProcessed::kind, order.value().to_string(),
                    std::move(processed));
}

void publish_refunded(events::Turn& turn, const std::string& gateway_key,
                      PaymentRefunded refunded) {
  const OrderId order = refunded.order_id;
  std::string purpose(PaymentRefunded::kind);
  purpose.append(":").append(gateway_key);
  turn.publish_once(order.value(), purpose, order.value().to_string(), std::move(refunded));
}

}  // namespace orderflow::billing
