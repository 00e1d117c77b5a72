#pragma once

#include "host/host.hpp"
#include "http/server.hpp"
#include "storage/writer.hpp"

namespace orderflow::monitoring {

/// `GET /metrics`: the metrics of this node in Prometheus' text format. `server` is set before the
/// first request is served; all arguments outlive the router.
void add_metrics_routes(host::Services& services, const storage::Writer& writer,
                        const http::Server*& server);

}  // namespace orderflow::monitoring
