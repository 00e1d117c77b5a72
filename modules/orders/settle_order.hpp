#pragma once

#include "events/log/event.hpp"
#include "events/turn/turn.hpp"
#include "order_waiters.hpp"

namespace orderflow::orders {

/// Brings an order to the status that `order.processed` or `payment.refunded` tells, and wakes
/// those who wait for it once that is on disk. An event that asks for an impossible transition is
/// recorded and changes nothing.
void settle_order(const events::Event& event, events::Turn& turn, OrderWaiters& waiters);

}  // namespace orderflow::orders
