#pragma once

#include "events/log/event.hpp"
#include "events/turn/turn.hpp"

namespace orderflow::users {

/// Counts an `order.created`, `order.processed` or `payment.refunded` in its user's statistics, in
/// the turn's generation. Every time and figure comes from the event, so that a replay of the log
/// gives the same.
void count_order(const events::Event& event, events::Turn& turn);

}  // namespace orderflow::users
