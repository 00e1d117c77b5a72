#include "rabbitmq/topology.hpp"

#include "rabbitmq/routing.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using events::Distribution;

/// Which module says each kind.
std::map<std::string, std::string, std::less<>> owners_of(const events::Catalog& catalog) {
  std::map<std::string, std::string, std::less<>> owners;
  for (events::EventType& type : catalog.types())
    owners.emplace(std::move(type.kind), std::move(type.owner));
  return owners;
}

/// Whether a module hears something that is spread over its nodes.
bool subscribes_shared(const events::Catalog& catalog, std::string_view module) {
  return std::ranges::any_of(catalog.module_subscriptions(),
                             [&](const events::ModuleSubscription& subscription) {
                               return subscription.module == module &&
                                      subscription.distribution != Distribution::home_node;
                             });
}

unsigned shards_of(const Settings& settings, const events::Catalog& catalog,
                   std::string_view module) {
  return subscribes_shared(catalog, module) ? settings.shards : 1;
}

std::string shard_name(const std::string& queue, unsigned shard) {
  return queue + ".shard-" + std::to_string(shard);
}

class Planner {
 public:
  Planner(const events::Catalog& catalog, const PlannedNode& node, const Settings& settings)
      : catalog_(catalog), node_(node), settings_(settings), owners_(owners_of(catalog)) {}

  Topology plan() {
    topology_.exchanges.push_back({settings_.exchange, "topic"});
    if (node_.hosted == node_.modules) return std::move(topology_);
    topology_.mode = BridgeMode::split;
    topology_.exchanges.push_back({settings_.dead_exchange, "direct"});
    for (const std::string& module : node_.modules)
      plan_module(module);
    return std::move(topology_);
  }

 private:
  bool hosts(const std::string& module) const { return node_.hosted.contains(module); }

  /// A module on this node says it, so that the others on it hear it here.
  bool is_published_here(const std::string& kind) const {
    const auto owner = owners_.find(kind);
    return owner != owners_.end() && hosts(owner->second);
  }

  void plan_module(const std::string& module) {
    if (!hosts(module) && !subscribes_shared(catalog_, module)) return;
    plan_dead(module);
    plan_shared(module);
    if (hosts(module) && !node_.name.empty()) plan_own(module);
  }

  void plan_dead(const std::string& module) {
    topology_.queues.push_back({.name = dead_queue(settings_, module),
                                .use = QueueUse::dead,
                                .module = module,
                                .arguments = {{"x-queue-type", "quorum"}},
                                .bindings = {{settings_.dead_exchange, module}},
                                .outdated = {},
                                .consumed = false});
  }

  bridge::Fields arguments(const std::string& module, bool single_active) const {
    bridge::Fields fields{{"x-queue-type", "quorum"},
                          {"x-delivery-limit", std::int64_t{settings_.delivery_limit}},
                          {"x-dead-letter-exchange", settings_.dead_exchange},
                          {"x-dead-letter-routing-key", module},
                          {"x-dead-letter-strategy", "at-least-once"},
                          // The strategy works with no other.
                          {"x-overflow", "reject-publish"}};
    if (single_active) fields.emplace_back("x-single-active-consumer", true);
    return fields;
  }

  void plan_shared(const std::string& module) {
    const std::string& name = settings_.queues.at(module);
    const unsigned shards = shards_of(settings_, catalog_, module);
    for (unsigned shard = 0; shard < shards; ++shard) {
      const std::string word = shards == 1 ? "*" : std::to_string(shard);
      topology_.queues.push_back({.name = shards == 1 ? name : shard_name(name, shard),
                                  .use = QueueUse::shared,
                                  .module = module,
                                  .arguments = arguments(module, shards > 1),
                                  .bindings = shared_bindings(module, word),
                                  .outdated = {},
                                  .consumed = hosts(module)});
    }
  }

  std::vector<Binding> shared_bindings(const std::string& module, const std::string& shard) const {
    std::vector<Binding> bindings;
    for (const events::ModuleSubscription& subscription : catalog_.module_subscriptions()) {
      if (subscription.module != module || subscription.distribution == Distribution::home_node)
        continue;
      if (hosts(module) && is_published_here(subscription.kind)) continue;
      bindings.push_back({settings_.exchange, split_binding(subscription.kind, shard, "*")});
    }
    return bindings;
  }

  void plan_own(const std::string& module) {
    Queue queue{.name = own_queue(settings_.queues.at(module), node_.name),
                .use = QueueUse::own,
                .module = module,
                .arguments = arguments(module, false),
                .bindings = {},
                .outdated = {},
                .consumed = true};
    for (const events::ModuleSubscription& subscription : catalog_.module_subscriptions()) {
      if (subscription.module != module || subscription.distribution == Distribution::one_node)
        continue;
      const std::string home =
          subscription.distribution == Distribution::home_node ? node_.name : "*";
      auto& bindings = is_published_here(subscription.kind) ? queue.outdated : queue.bindings;
      bindings.push_back({settings_.exchange, split_binding(subscription.kind, "*", home)});
    }
    if (queue.bindings.empty() && queue.outdated.empty()) return;
    topology_.queues.push_back(std::move(queue));
  }

  const events::Catalog& catalog_;
  const PlannedNode& node_;
  const Settings& settings_;
  const std::map<std::string, std::string, std::less<>> owners_;
  Topology topology_;
};

}  // namespace

const Queue* Topology::find(std::string_view queue) const {
  const auto found = std::ranges::find(queues, queue, &Queue::name);
  return found == queues.end() ? nullptr : &*found;
}

std::string dead_queue(const Settings& settings, std::string_view module) {
  return settings.queues.find(module)->second + ".dead";
}

std::string shared_queue(const Settings& settings, const events::Catalog& catalog,
                         std::string_view module, std::string_view key) {
  const std::string& name = settings.queues.find(module)->second;
  const unsigned shards = shards_of(settings, catalog, module);
  return shards == 1 ? name : shard_name(name, shard_of(key, shards));
}

Topology plan(const events::Catalog& catalog, const PlannedNode& node, const Settings& settings) {
  return Planner(catalog, node, settings).plan();
}

}  // namespace orderflow::rabbitmq
