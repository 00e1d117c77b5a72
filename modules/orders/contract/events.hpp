#pragma once

#include "orders/contract/order_created.hpp"

namespace orderflow::orders {

/// Adds every event type that the orders module says to a catalog of event types.
template <class Catalog>
void describe_events(Catalog& catalog) {
  catalog.template add<OrderCreated>("orders");
}

}  // namespace orderflow::orders
