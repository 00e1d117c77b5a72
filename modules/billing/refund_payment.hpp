#pragma once

#include "events/subscription.hpp"
#include "gateway.hpp"
#include "payment.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace orderflow::billing {

/// Begins to pay a captured payment back and says `payment.refund_requested`; one of nothing is
/// paid back at once, without the gateway, and `payment.refunded` is said. The refund of an order
/// has one idempotency key for ever, so that it is paid back once whoever asks again.
void request_refund(events::Turn& turn, const Payment& payment, const std::string& reason);

/// False where the payment is not (or no longer) to be paid back.
bool prepare_refund(const events::Event& refund_requested, events::Turn& turn);

/// Pays a payment back through the gateway, once in effect, and says `payment.refunded`. A
/// `GatewayError` is a failed attempt, counted on the payment; a refund that the gateway refuses is
/// a permanent failure, so that a person sees to it.
///
/// The gateway has until `capture_grace` before the context's deadline.
boost::asio::awaitable<events::Outcome> refund_payment(PaymentGateway& gateway,
                                                       const events::Event& refund_requested,
                                                       const events::EffectContext& context);

/// What a refund that was made would change, without asking the gateway.
events::Outcome rehearse_refund(const events::Event& refund_requested);

/// Leaves the money where it is, as an operator gave the refund up: the payment is captured again,
/// the wish to cancel is forgotten, and `payment.refund_abandoned` says so. Whether the gateway has
/// paid back is for the operator to know.
void discard_refund(const events::Event& refund_requested, const std::string& reason,
                    events::Turn& turn);

}  // namespace orderflow::billing
