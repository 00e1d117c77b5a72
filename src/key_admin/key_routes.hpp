#pragma once

#include "access/key_ring.hpp"
#include "access/scope_catalog.hpp"
#include "host/host.hpp"

namespace orderflow::key_admin {

/// Adds the administration of API keys, and `GET /v1/key`, by which a client learns what its own
/// may do. A change takes effect with its commit. `host` is that of `access::owner`, `scopes` are
/// those that a key can be given; all outlive the router.
void add_key_routes(host::Host& host, access::KeyRing& ring, const access::ScopeCatalog& scopes);

}  // namespace orderflow::key_admin
