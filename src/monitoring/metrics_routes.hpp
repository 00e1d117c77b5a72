#pragma once

#include "host/host.hpp"
#include "http/server_metrics.hpp"

namespace orderflow::monitoring {

/// `GET /metrics`: the metrics of this node in Prometheus' text format; `server` are those of the
/// server that serves it. Both outlive the router.
void add_metrics_routes(host::Services& services, const http::ServerMetrics& server);

}  // namespace orderflow::monitoring
