#pragma once

#include "bridge/bridge.hpp"
#include "host/host.hpp"

#include <atomic>

namespace orderflow::monitoring {

/// Registers `/healthz` (the process serves) and `/readyz` (it takes writes: 200, else 503 with
/// the reason). A bridge that is not connected does not make it unready, because orders are taken
/// all the same: it is reported as "degraded"; one that finds another node under the name of this
/// one does. The arguments outlive the router; `stopping` is set
/// when the drain begins; `bridge` may be null.
void add_health_routes(host::Services& services, const std::atomic<bool>& stopping,
                       const bridge::Bridge* bridge);

}  // namespace orderflow::monitoring
