#pragma once

#include "events/subscription.hpp"
#include "gateway.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace orderflow::billing {

/// How much longer the effect may run than the gateway, so that an attempt without an answer is
/// still recorded on its payment.
inline constexpr core::Duration capture_grace = std::chrono::seconds{5};

/// Charges a requested payment, once in effect: every attempt carries the payment's idempotency
/// key. The gateway's answer ends the payment and says `order.processed`, with `PROCESSED` or
/// `PAYMENT_DECLINED`; where the payment is final already nothing changes and nothing is said. A
/// `GatewayError` is a failed attempt, counted on the payment.
///
/// The gateway has until `capture_grace` before the context's deadline.
boost::asio::awaitable<events::Outcome> capture_payment(PaymentGateway& gateway,
                                                        const events::Event& payment_requested,
                                                        const events::EffectContext& context);

}  // namespace orderflow::billing
