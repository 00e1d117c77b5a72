#pragma once

#include "host/host.hpp"

namespace orderflow::notifications {

/// `GET /v1/notifications?orderId=&limit=&after=` and `GET /v1/notifications/{id}`. The host
/// outlives the routes.
void add_routes(host::Host& host);

}  // namespace orderflow::notifications
