#pragma once

#include "http/router.hpp"
#include "storage/writer.hpp"

#include <atomic>

namespace orderflow::app {

/// Registers `/healthz` (the process serves) and `/readyz` (it takes writes: 200, else 503 that
/// says why). The arguments outlive the router; `stopping` is set when the drain begins.
void add_health_routes(http::Router& router, const storage::Writer& writer,
                       const std::atomic<bool>& stopping);

}  // namespace orderflow::app
