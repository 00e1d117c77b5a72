#pragma once

#include "orders/contract/order_cancel_requested.hpp"
#include "orders/contract/order_created.hpp"

namespace orderflow::orders {

/// Adds every event type that the orders module publishes to a catalog of event types.
template <class Catalog>
void describe_events(Catalog& catalog) {
  catalog.template add<OrderCreated>("orders");
  catalog.template add<OrderCancelRequested>("orders");
}

}  // namespace orderflow::orders
