#include "payment_events.hpp"

#include <utility>

namespace orderflow::billing {

PaymentRequested payment_requested(const Payment& payment) {
  return {.payment_id = payment.id.value().to_string(),
          .order_id = payment.order_id.value().to_string(),
          .user_id = payment.user_id,
          .email = payment.email,
          .currency = payment.currency,
          .amount = payment.amount,
          .payment_method = payment.payment_method,
          .gateway_key = payment.gateway_key};
}

OrderProcessed order_processed(const Payment& payment, OrderResult status,
                               std::vector<std::string> reasons) {
  return {.order_id = payment.order_id.value().to_string(),
          .user_id = payment.user_id,
          .email = payment.email,
          .currency = payment.currency,
          .amount = payment.amount,
          .status = status,
          .reasons = std::move(reasons),
          .payment_id = payment.id.value().to_string()};
}

PaymentRefundRequested payment_refund_requested(const Payment& payment) {
  return {.payment_id = payment.id.value().to_string(),
          .order_id = payment.order_id.value().to_string(),
          .user_id = payment.user_id,
          .email = payment.email,
          .currency = payment.currency,
          .amount = payment.amount,
          .payment_method = payment.payment_method,
          .gateway_reference = payment.gateway_reference,
          .gateway_key = payment.refund_key,
          .reason = payment.cancel_reason};
}

PaymentRefunded payment_refunded(const Payment& payment) {
  return {.order_id = payment.order_id.value().to_string(),
          .user_id = payment.user_id,
          .email = payment.email,
          .currency = payment.currency,
          .amount = payment.refunded_amount,
          .payment_id = payment.id.value().to_string(),
          .refund_id =
              payment.refund_reference.empty() ? payment.refund_key : payment.refund_reference};
}

}  // namespace orderflow::billing
