#pragma once

#include "access/key_ring.hpp"
#include "host/host.hpp"

namespace orderflow::key_admin {

/// Adds the administration of API keys, and `GET /v1/key`, by which a client learns what its own
/// may do. A change takes effect with its commit. `host` is that of `access::owner`; both outlive
/// the router.
void add_key_routes(host::Host& host, access::KeyRing& ring);

}  // namespace orderflow::key_admin
