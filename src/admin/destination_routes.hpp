#pragma once

#include "host/host.hpp"

namespace orderflow::admin {

/// `GET /v1/admin/destinations`: the peers that requests go to, their circuit breakers and
/// counters.
void add_destination_routes(host::Services& services);

}  // namespace orderflow::admin
