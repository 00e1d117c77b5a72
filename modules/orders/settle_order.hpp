#pragma once

#include "events/event.hpp"
#include "events/turn.hpp"

namespace orderflow::orders {

/// Brings an order to the status that `order.processed` tells. An event that asks for an impossible
/// transition is recorded and changes nothing.
void settle_order(const events::Event& event, events::Turn& turn);

}  // namespace orderflow::orders
