#pragma once

#include "events/turn/turn.hpp"
#include "host/host.hpp"
#include "orders/contract/order_id.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace orderflow::orders {

/// How many orders one turn drives on, at most.
inline constexpr std::size_t redriven_at_once = 64;

struct RedriveCount {
  std::size_t orders = 0;    ///< of which something is sent once more
  std::size_t messages = 0;  ///< that are sent
  std::size_t unsent = 0;    ///< orders of which the log has nothing to send
};

/// Drives on those of the orders that are not final: what this node has published about them is
/// sent once more to the modules elsewhere that are to answer, and that it was is noted. What the
/// broker does not have yet is left out: it is on its way.
RedriveCount redrive_orders(events::Turn& turn, const host::Host& host,
                            const std::vector<OrderId>& orders);

/// Sends once more what `module` may have missed of the orders, final or not.
RedriveCount redrive_for(events::Turn& turn, const host::Host& host,
                         const std::vector<OrderId>& orders, std::string_view module);

}  // namespace orderflow::orders
