#pragma once

#include "events/turn/turn.hpp"
#include "order.hpp"

#include <optional>
#include <string>

namespace orderflow::orders {

/// What became of a request to cancel.
struct Cancellation {
  std::optional<Order> order;  ///< as it is now; nothing where there is no such order
  bool accepted;               ///< false where the order is at its end
};

/// Marks an order that is PENDING or PROCESSED as to be canceled and says `order.cancel_requested`.
/// Asked again meanwhile it is accepted again, and nothing changes.
Cancellation cancel_order(events::Turn& turn, OrderId id, const std::string& reason);

}  // namespace orderflow::orders
