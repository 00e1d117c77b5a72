#pragma once

#include "admin/admin_api.hpp"
#include "api_docs/contracts.hpp"
#include "app/opened_node.hpp"
#include "host/host.hpp"
#include "http/routing/router.hpp"
#include "http/server_metrics.hpp"
#include "storage/backups.hpp"
#include "telemetry/log_levels.hpp"

#include <atomic>

namespace orderflow::app {

/// The second phase: every route of the node, and the documents that describe them. Nothing adds a
/// route after it.
class NodeApi {
 public:
  /// Both outlive it.
  NodeApi(OpenedNode& opened, telemetry::LogLevels& log_levels);
  NodeApi(const NodeApi&) = delete;
  NodeApi& operator=(const NodeApi&) = delete;

  const http::Router& router() const noexcept { return router_; }
  /// Of the server that serves it; shown by one of the routes.
  http::ServerMetrics& server_metrics() noexcept { return routes_.server_metrics; }
  storage::Backups& backups() noexcept { return routes_.backups; }
  /// There is a page for browsers at `/`.
  bool has_page() const noexcept { return routes_.has_page; }

  /// From now on the node is not ready: it stops.
  void report_stopping() noexcept { routes_.stopping = true; }

 private:
  /// What the handlers of the routes refer to.
  struct Routes {
    Routes(OpenedNode& opened, telemetry::LogLevels& log_levels);

    http::ServerMetrics server_metrics;
    std::atomic<bool> stopping = false;
    storage::Backups backups;
    admin::AdminApi admin;
    host::Host key_host;
    bool has_page;
  };

  const http::Router& router_;
  Routes routes_;
  const api_docs::Contracts contracts_;  ///< describes the routes before it
};

}  // namespace orderflow::app
