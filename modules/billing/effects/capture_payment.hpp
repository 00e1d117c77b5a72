#pragma once

#include "events/delivery/subscription.hpp"
#include "gateway/gateway.hpp"
#include "host/host.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::billing {

/// Makes it durable that the gateway is about to be asked, and notes for the attempt the payment's
/// key where it is not the event's any more. False, and nothing is to be done, where the payment
/// was canceled or has its answer already. Throws `events::PermanentFailure` where the payment is
/// to be charged in another way than the event says: what is charged is what the payment's row
/// says.
bool prepare_capture(const events::Event& payment_requested, events::EffectContext& context,
                     events::Turn& turn);

/// Charges a requested payment, once in effect: every attempt carries the payment's idempotency
/// key. What the gateway's answer does to the payment: see `settle_charge`. A decline is believed
/// where the key was sent for the first time, or the gateway's books have no charge of the payment:
/// an earlier attempt may have charged it unheard. Without an answer it is as `attempt_at_gateway`
/// has it, and recorded on the payment.
///
/// The gateway has until `attempt_grace` before the context's deadline.
boost::asio::awaitable<events::AttemptResult> capture_payment(
    const host::Host& host, PaymentGateway& gateway, const events::Event& payment_requested,
    const events::EffectContext& context);

/// What an approved charge would change, without asking the gateway.
events::AttemptResult assumed_capture(const PaymentGateway& gateway,
                                      const events::Event& payment_requested);

/// Ends a payment whose capture an operator gave up: it is declined with the code "discarded", and
/// `order.processed` says so with `PAYMENT_DECLINED`, or `CANCELED` where the order was to be
/// canceled. Whether the gateway has charged is for the operator to know.
void discard_capture(const events::Event& payment_requested, events::Turn& turn);

}  // namespace orderflow::billing
