#pragma once

#include "host/host.hpp"

namespace orderflow::orders {

/// Adds the orders that are not settled to the metrics of the node: how many, and the age of the
/// oldest, by status. `host` outlives it.
void export_waiting_orders(host::Host& host);

}  // namespace orderflow::orders
