#pragma once

#include "events/delivery/edit.hpp"
#include "gateway/gateway.hpp"
#include "host/host.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::billing {

/// Judges a dead `payment.requested` that an operator has edited. Another payment method is charged
/// under the next idempotency key, so it is permitted only where it is sure that nothing was, and
/// nothing can still come to be, charged under the key before: the gateway was never asked under
/// it, or has forgotten it by now and finds no charge of the payment. With the replay the payment
/// then takes the new method and the next key, unless something has happened to it meanwhile.
///
/// Reads a payment, and may ask the gateway; on the caller's thread. Host, gateway and event
/// outlive the call.
boost::asio::awaitable<events::EditDecision> review_payment_method(const host::Host& host,
                                                                   PaymentGateway& gateway,
                                                                   const events::Event& edited);

}  // namespace orderflow::billing
