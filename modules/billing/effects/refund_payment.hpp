#pragma once

#include "events/delivery/subscription.hpp"
#include "gateway/gateway.hpp"
#include "host/host.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace orderflow::billing {

/// Makes it durable that the gateway is about to be asked. False where the refund is not (or no
/// longer) to be made. Throws `events::PermanentFailure` where there is none, or it is over another
/// amount than the event says.
bool prepare_refund(const events::Event& refund_requested, events::Turn& turn);

/// Pays a part of a payment back through the gateway, once in effect: every attempt carries the
/// refund's idempotency key, which is as old as its first sending. A refusal is believed where the
/// key was sent for the first time, or the gateway's books have no refund under it: what it says
/// is paid back already may be this very refund. The gateway's answer ends the refund:
///
/// - made: `payment.refunded`, and with the last part the payment is refunded;
/// - refused: its amount is free again, and `payment.refund_abandoned` says so;
/// - pending: the attempt is done, and the gateway tells later (`settle_refund`).
///
/// A `GatewayUnavailable` uses up no attempt, a `GatewayRefusal` is final: a person has to look.
/// Any other `GatewayError` is a failed attempt, counted on the refund: whether the money has moved
/// is not known, so its amount stays promised, also when the attempts are used up.
///
/// The gateway has until `attempt_grace` before the context's deadline.
boost::asio::awaitable<events::AttemptResult> refund_payment(const host::Host& host,
                                                             PaymentGateway& gateway,
                                                             const events::Event& refund_requested,
                                                             const events::EffectContext& context);

/// What a refund that was made would change, without asking the gateway.
events::AttemptResult assumed_refund(const events::Event& refund_requested);

/// Leaves the money where it is, as an operator gave the refund up: its amount is free again, a
/// request to cancel is forgotten, and `payment.refund_abandoned` says so. Whether the gateway has
/// paid back is for the operator to know.
void discard_refund(const events::Event& refund_requested, const std::string& reason,
                    events::Turn& turn);

}  // namespace orderflow::billing
