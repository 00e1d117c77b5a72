#pragma once

#include "access/key_ring.hpp"
#include "host/host.hpp"

namespace orderflow::key_admin {

/// Registers background work that writes down, at most once a minute and in one write, when the
/// keys were used last, and names in the log those that have ended and were sent. All outlive it;
/// `host` is that of `access::owner`.
void keep_key_uses(host::Host& host, access::KeyRing& ring);

}  // namespace orderflow::key_admin
