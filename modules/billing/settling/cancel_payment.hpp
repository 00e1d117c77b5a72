#pragma once

#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"

namespace orderflow::billing {

/// Answers `order.cancel_requested` by the state of the order's payment:
///
/// - there is none yet: the request is kept for `assess_order`;
/// - requested: it is canceled, and `order.processed` says `CANCELED`;
/// - sending or processing: the request is marked, for the gateway's answer to decide
/// (`capture_payment`);
/// - captured: what is left of it is to be paid back through `gateway` (`pay_back_rest`);
/// - any other: nothing.
void cancel_payment(const PaymentGateway& gateway, const events::Event& cancel_requested,
                    events::Turn& turn);

}  // namespace orderflow::billing
