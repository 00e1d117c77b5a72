#pragma once

#include "events/log/event.hpp"
#include "events/turn/turn.hpp"
#include "order_waiters.hpp"

namespace orderflow::orders {

/// Forgets the request to cancel a paid order that is not going to be paid back in full
/// (`payment.refund_abandoned`), so that it can be asked for again, and wakes those who wait for
/// the order. Does nothing where the refund was not for a cancellation.
void withdraw_cancellation(const events::Event& event, events::Turn& turn, OrderWaiters& waiters);

}  // namespace orderflow::orders
