#include "app/opened_node.hpp"

#include "access/key_store.hpp"
#include "app/required_key.hpp"
#include "core/random.hpp"
#include "rabbitmq/bridge.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace orderflow::app {
namespace {

std::unique_ptr<bridge::Bridge> make_bridge(const Settings& settings) {
  if (!settings.rabbitmq.on()) return nullptr;
  return rabbitmq::make_bridge(settings.rabbitmq, ORDERFLOW_VERSION,
                               core::make_system_random()->next());
}

host::NodeOptions node_options(const Settings& settings, bridge::Bridge* bridge) {
  return {.data_folder = settings.data_folder,
          .data_rule = settings.data_rule,
          .name = settings.node_name,
          .version = ORDERFLOW_VERSION,
          .accept_modules = settings.accept_modules,
          .writer = settings.writer,
          .retention = settings.retention,
          .backlog_max = settings.backlog_max,
          .owners = {access::owner},
          .relay = bridge != nullptr ? std::optional(bridge->subscription()) : std::nullopt};
}

/// The keys of the database, at least a valid one where others can reach the node.
std::vector<access::ApiKey> required_keys(const host::Node& node, const core::Clock& clock,
                                          const Settings& settings) {
  auto keys = node.services().readers.read(
      access::owner, [](storage::Session session) { return access::all_keys(session); });
  const auto is_valid = [now = clock.now()](const auto& key) { return key.is_valid(now); };
  require_key(settings, std::ranges::any_of(keys, is_valid));
  return keys;
}

}  // namespace

Modules::Modules(const std::vector<std::unique_ptr<host::Module>>& modules,
                 const std::vector<std::string>& hosted_names) {
  for (const auto& module : modules) {
    all.push_back(module.get());
    if (std::ranges::find(hosted_names, module->name()) != hosted_names.end()) {
      hosted.push_back(module.get());
    }
  }
}

OpenedNode::OpenedNode(const Settings& its_settings, Modules its_modules,
                       std::function<void()> on_storage_failure)
    : settings(its_settings),
      modules(std::move(its_modules)),
      traces(settings.traces, clock),
      timers(effects, clock),
      executor(effects, clock),
      bridge(make_bridge(settings)),
      node(node_options(settings, bridge.get()),
           {.clock = clock,
            .timers = timers,
            .launcher = executor,
            .seed = core::make_system_random()->next(),
            .on_storage_failure =
                [notify = std::move(on_storage_failure)](const std::string&) { notify(); },
            .tracer = traces.tracer()},
           modules.all, modules.hosted),
      keys(clock, exposure_of(settings.http.address), required_keys(node, clock, settings)) {
  traces.start(node.name());
}

}  // namespace orderflow::app
