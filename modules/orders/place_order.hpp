#pragma once

#include "events/turn.hpp"
#include "order.hpp"

#include <string>

namespace orderflow::orders {

/// Stores a new order as PENDING and says `order.created`, in the turn's transaction.
Order place_order(events::Turn& turn, const NewOrder& request, const std::string& correlation_id);

}  // namespace orderflow::orders
