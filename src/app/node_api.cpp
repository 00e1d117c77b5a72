#include "app/node_api.hpp"

#include "access/key_store.hpp"
#include "admin/audit_refusals.hpp"
#include "admin/audit_routes.hpp"
#include "admin/backup_routes.hpp"
#include "admin/dead_letter_routes.hpp"
#include "admin/destination_routes.hpp"
#include "admin/log_level_routes.hpp"
#include "admin/replay_routes.hpp"
#include "admin/subscription_routes.hpp"
#include "api_docs/routing_table.hpp"
#include "bridge/bridge_metrics.hpp"
#include "console/module.hpp"
#include "event_api/event_routes.hpp"
#include "events/flow_status.hpp"
#include "key_admin/key_routes.hpp"
#include "key_admin/key_uses.hpp"
#include "monitoring/health_routes.hpp"
#include "monitoring/metrics_routes.hpp"
#include "monitoring/storage_metrics.hpp"

#include <algorithm>
#include <cstdint>

namespace orderflow::app {
namespace {

/// Events that the relay has not passed, those included that it does not want.
std::int64_t lag_of_relay(const events::FlowStatus& flow) {
  const auto relay =
      std::ranges::find(flow.subscriptions, events::relay_name, &events::SubscriptionStatus::name);
  if (relay == flow.subscriptions.end()) return 0;
  return flow.newest.value() - relay->finished_to.value();
}

void export_metrics(OpenedNode& opened, const storage::Backups& backups) {
  auto& exports = opened.node.services().metrics;
  exports.emplace_back([&backups, &opened](telemetry::Exposition& metrics) {
    monitoring::export_sizes(metrics, opened.node.database());
    monitoring::export_backups(metrics, backups);
  });
  exports.emplace_back([&traces = opened.traces](telemetry::Exposition& metrics) {
    traces.export_metrics(metrics);
  });
  if (!opened.bridge) return;
  exports.emplace_back([&bridge = *opened.bridge, &node = opened.node](auto& metrics) {
    bridge::export_metrics(metrics, bridge.status(), lag_of_relay(node.dispatcher().status()));
  });
}

}  // namespace

NodeApi::Routes::Routes(OpenedNode& opened, telemetry::LogLevels& log_levels)
    : backups(opened.settings.data_folder / "backups", opened.settings.backups_kept, opened.clock,
              [&log = opened.node.services().log](storage::Connection& copy) {
                return log.newest(copy.session(events::event_owner)).value();
              }),
      admin(opened.node.services()),
      key_host(access::owner, opened.node.services()) {
  host::Services& services = opened.node.services();
  admin::audit_refusals(services);
  event_api::add_event_routes(services, opened.node.catalog());
  admin::add_backup_routes(services, backups);
  admin::add_destination_routes(services);
  export_metrics(opened, backups);
  monitoring::add_metrics_routes(services, server_metrics);
  monitoring::add_health_routes(services, stopping, opened.bridge.get());
  admin::add_subscription_routes(admin);
  admin::add_dead_letter_routes(admin);
  admin::add_replay_routes(admin);
  admin::add_audit_routes(admin);
  admin::add_log_level_routes(admin, log_levels);
  key_admin::add_key_routes(key_host, opened.keys, opened.modules.scopes);
  api_docs::add_routing_table_route(services.router);
  key_admin::keep_key_uses(key_host, opened.keys);
  has_page = console::add_page(services.router);
}

NodeApi::NodeApi(OpenedNode& opened, telemetry::LogLevels& log_levels)
    : router_(opened.node.router()),
      routes_(opened, log_levels),
      contracts_(opened.node.router(), opened.node.catalog(), opened.settings.rabbitmq) {
  opened.modules.scopes.require_known(router_.routes());
}

}  // namespace orderflow::app
