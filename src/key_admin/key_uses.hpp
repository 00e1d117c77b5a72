#pragma once

#include "access/key_ring.hpp"
#include "host/host.hpp"

namespace orderflow::key_admin {

/// Registers background work that records, at most once a minute and in one write, when the keys
/// were used last, and logs ended ones that are still sent. All outlive it; `host` is that of
/// `access::owner`.
void keep_key_uses(host::Host& host, access::KeyRing& ring);

}  // namespace orderflow::key_admin
