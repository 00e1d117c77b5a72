#pragma once

#include "core/scope.hpp"
#include "host/host.hpp"
#include "http/server_metrics.hpp"

namespace orderflow::monitoring {

/// To read the metrics.
inline constexpr core::Scope read_scope{"metrics:read"};

/// `GET /metrics`: the metrics of this node in Prometheus' text format; `server` are those of the
/// server that serves it. Both outlive the router.
void add_metrics_routes(host::Services& services, const http::ServerMetrics& server);

}  // namespace orderflow::monitoring
