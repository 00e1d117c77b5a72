#pragma once

#include "host/host.hpp"
#include "host/key_ages.hpp"
#include "order_waiters.hpp"
#include "settings.hpp"

namespace orderflow::orders {

/// What the routes lean on; all of it outlives them.
struct RouteServices {
  const host::Host& host;
  const Settings& settings;
  OrderWaiters& waiters;
  host::KeyAges& ages;  ///< of the idempotency keys
};

/// Registers the HTTP routes that show orders.
void add_reading_routes(host::Host& host, const RouteServices& services);

/// Registers those that place and cancel them.
void add_changing_routes(host::Host& host, const RouteServices& services);

/// The answer where there is no order with the identifier in the path.
http::Response no_such_order(const http::Request& request);

}  // namespace orderflow::orders
