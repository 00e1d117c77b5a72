#include "settling/cancel_payment.hpp"

#include "books/cancellation_store.hpp"
#include "books/payment_events.hpp"
#include "books/payment_store.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "settling/request_refund.hpp"

namespace orderflow::billing {

void cancel_payment(const PaymentGateway& gateway, const events::Event& cancel_requested,
                    events::Turn& turn) {
  const auto& request = cancel_requested.as<orders::OrderCancelRequested>();
  PaymentStore payments(turn.db());
  const auto payment = payments.find_of(request.order_id);
  if (!payment) {
    CancellationStore(turn.db()).add(request.order_id, request.reason,
                                     cancel_requested.meta().occurred_at);
    return;
  }
  switch (payment->state) {
    case PaymentState::requested:
      payments.cancel(payment->id, request.reason, turn.now());
      publish_processed(turn, order_processed(*payment, OrderResult::canceled));
      return;
    case PaymentState::sending:
    case PaymentState::processing:
      payments.mark_cancel_requested(payment->id, request.reason, turn.now());
      return;
    case PaymentState::captured:
      pay_back_rest(turn, gateway, *payment, request.reason);
      return;
    case PaymentState::declined:
    case PaymentState::canceled:
    case PaymentState::refused:
    case PaymentState::refunded:
      return;
  }
}

}  // namespace orderflow::billing
