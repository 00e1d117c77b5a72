#pragma once

#include "events/event.hpp"
#include "events/turn.hpp"

namespace orderflow::users {

/// Counts an `order.created` or `order.processed` in its user's statistics. Every time and figure
/// comes from the event, so that a replay of the log gives the same.
void count_order(const events::Event& event, events::Turn& turn);

}  // namespace orderflow::users
