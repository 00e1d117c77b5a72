#include "rabbitmq/topology.hpp"

#include "rabbitmq/routing.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using bridge::PlannedQueue;
using bridge::QueueUse;

std::string shard_name(const std::string& queue, unsigned shards, unsigned shard) {
  return shards == 1 ? queue : queue + ".shard-" + std::to_string(shard);
}

std::string name_of(const PlannedQueue& queue, const std::string& node, const Settings& settings) {
  const std::string& name = settings.queues.at(queue.module);
  switch (queue.use) {
    case bridge::QueueUse::dead:
      return dead_queue(settings, queue.module);
    case bridge::QueueUse::own:
      return own_queue(name, node);
    case bridge::QueueUse::shared:
      break;
  }
  return shard_name(name, queue.shards, queue.shard);
}

bridge::Fields arguments_of(const PlannedQueue& queue, const Settings& settings) {
  if (queue.use == bridge::QueueUse::dead) return {{"x-queue-type", "quorum"}};
  bridge::Fields fields{{"x-queue-type", "quorum"},
                        {"x-delivery-limit", std::int64_t{settings.delivery_limit}},
                        {"x-dead-letter-exchange", settings.dead_exchange},
                        {"x-dead-letter-routing-key", queue.module},
                        {"x-dead-letter-strategy", "at-least-once"},
                        // The strategy works with no other.
                        {"x-overflow", "reject-publish"}};
  if (queue.shards > 1) fields.emplace_back("x-single-active-consumer", true);
  return fields;
}

std::vector<Binding> bindings_of(const std::vector<bridge::QueuedKind>& kinds,
                                 const PlannedQueue& queue, const std::string& node,
                                 const Settings& settings) {
  const std::string shard = queue.shards == 1 ? "*" : std::to_string(queue.shard);
  std::vector<Binding> bindings;
  for (const auto& [kind, only_own_home] : kinds) {
    bindings.push_back({settings.exchange, split_binding(kind, shard, only_own_home ? node : "*")});
  }
  return bindings;
}

Queue queue_of(const PlannedQueue& planned, const std::string& node, const Settings& settings) {
  Queue queue{.name = name_of(planned, node, settings),
              .use = planned.use,
              .module = planned.module,
              .arguments = arguments_of(planned, settings),
              .bindings = bindings_of(planned.kinds, planned, node, settings),
              .outdated = bindings_of(planned.outdated, planned, node, settings),
              .consumed = planned.consumed};
  if (planned.use == bridge::QueueUse::dead) {
    queue.bindings.push_back({settings.dead_exchange, planned.module});
  }
  return queue;
}

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
  const unsigned shards = bridge::shards_of(catalog, module, settings.shards);
  return shard_name(settings.queues.find(module)->second, shards, bridge::shard_of(key, shards));
}

std::vector<std::string> queues_for(const events::RedrivenEvent& again, const Settings& settings,
                                    const events::Catalog& catalog) {
  const events::EventMeta& meta = again.event->meta();
  const auto subscription = std::ranges::find_if(
      catalog.module_subscriptions(), [&](const events::ModuleSubscription& one) {
        return one.module == again.receiver && one.kind == meta.kind;
      });
  if (subscription == catalog.module_subscriptions().end()) return {};
  const std::string& name = settings.queues.find(again.receiver)->second;
  if (subscription->distribution == events::Distribution::home_node)
    return {own_queue(name, meta.home)};
  std::vector<std::string> queues{shared_queue(settings, catalog, again.receiver, meta.key)};
  if (subscription->distribution == events::Distribution::every_node) {
    for (const std::string& node : again.receiver_nodes)
      queues.push_back(own_queue(name, node));
  }
  return queues;
}

Topology plan(const events::Catalog& catalog, const bridge::PlannedNode& node,
              const Settings& settings) {
  const bridge::QueuePlan planned = bridge::plan_queues(catalog, node, settings.shards);
  Topology topology{
      .mode = planned.mode, .exchanges = {{settings.exchange, "topic"}}, .queues = {}};
  if (planned.mode == bridge::BridgeMode::exports) return topology;
  topology.exchanges.push_back({settings.dead_exchange, "direct"});
  for (const PlannedQueue& queue : planned.queues)
    topology.queues.push_back(queue_of(queue, node.name, settings));
  return topology;
}

}  // namespace orderflow::rabbitmq
