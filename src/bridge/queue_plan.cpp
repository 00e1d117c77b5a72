#include "bridge/queue_plan.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace orderflow::bridge {
namespace {

using events::Distribution;

/// Which module publishes each kind.
std::map<std::string, std::string, std::less<>> owners_of(const events::Catalog& catalog) {
  std::map<std::string, std::string, std::less<>> owners;
  for (events::EventType& type : catalog.types())
    owners.emplace(std::move(type.kind), std::move(type.owner));
  return owners;
}

/// Whether a module subscribes to something that is spread over its nodes.
bool subscribes_shared(const events::Catalog& catalog, std::string_view module) {
  return std::ranges::any_of(catalog.module_subscriptions(),
                             [&](const events::ModuleSubscription& subscription) {
                               return subscription.module == module &&
                                      subscription.distribution != Distribution::home_node;
                             });
}

class Planner {
 public:
  Planner(const events::Catalog& catalog, const PlannedNode& node, unsigned shards)
      : catalog_(catalog), node_(node), shards_(shards), owners_(owners_of(catalog)) {}

  QueuePlan plan() {
    if (node_.hosted == node_.modules) return std::move(plan_);
    plan_.mode = BridgeMode::split;
    for (const std::string& module : node_.modules)
      plan_module(module);
    return std::move(plan_);
  }

 private:
  bool hosts(const std::string& module) const { return node_.hosted.contains(module); }

  /// A module on this node publishes it, so that the others on it handle it here.
  bool is_published_here(const std::string& kind) const {
    const auto owner = owners_.find(kind);
    return owner != owners_.end() && hosts(owner->second);
  }

  void plan_module(const std::string& module) {
    if (!hosts(module) && !subscribes_shared(catalog_, module)) return;
    plan_.queues.push_back({.use = QueueUse::dead, .module = module});
    plan_shared(module);
    if (hosts(module) && !node_.name.empty()) plan_own(module);
  }

  void plan_shared(const std::string& module) {
    const unsigned shards = shards_of(catalog_, module, shards_);
    for (unsigned shard = 0; shard < shards; ++shard) {
      plan_.queues.push_back({.use = QueueUse::shared,
                              .module = module,
                              .shard = shard,
                              .shards = shards,
                              .kinds = shared_kinds(module),
                              .consumed = hosts(module)});
    }
  }

  std::vector<QueuedKind> shared_kinds(const std::string& module) const {
    std::vector<QueuedKind> kinds;
    for (const events::ModuleSubscription& subscription : catalog_.module_subscriptions()) {
      if (subscription.module != module || subscription.distribution == Distribution::home_node)
        continue;
      if (hosts(module) && is_published_here(subscription.kind)) continue;
      kinds.push_back({.kind = subscription.kind});
    }
    return kinds;
  }

  void plan_own(const std::string& module) {
    PlannedQueue queue{.use = QueueUse::own, .module = module, .consumed = true};
    for (const events::ModuleSubscription& subscription : catalog_.module_subscriptions()) {
      if (subscription.module != module || subscription.distribution == Distribution::one_node)
        continue;
      auto& kinds = is_published_here(subscription.kind) ? queue.outdated : queue.kinds;
      kinds.push_back({.kind = subscription.kind,
                       .only_own_home = subscription.distribution == Distribution::home_node});
    }
    if (queue.kinds.empty() && queue.outdated.empty()) return;
    plan_.queues.push_back(std::move(queue));
  }

  const events::Catalog& catalog_;
  const PlannedNode& node_;
  const unsigned shards_;
  const std::map<std::string, std::string, std::less<>> owners_;
  QueuePlan plan_;
};

}  // namespace

unsigned shard_of(std::string_view key, unsigned shards) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return shards == 0 ? 0 : static_cast<unsigned>(hash % shards);
}

unsigned shards_of(const events::Catalog& catalog, std::string_view module, unsigned shards) {
  return subscribes_shared(catalog, module) ? shards : 1;
}

QueuePlan plan_queues(const events::Catalog& catalog, const PlannedNode& node, unsigned shards) {
  return Planner(catalog, node, shards).plan();
}

}  // namespace orderflow::bridge
