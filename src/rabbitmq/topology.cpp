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
  return queue_arguments(settings, queue.module, queue.shards);
}

/// Which shards a queue is bound to for a kind, as words of routing keys. Only what is for every
/// node is not sent straight to the queue, and comes under any of them.
std::vector<std::string> shards_bound(const PlannedQueue& queue, const bridge::QueuedKind& kind,
                                      const Settings& settings) {
  if (queue.use == QueueUse::shared) return {std::to_string(queue.shard)};
  if (!kind.only_own_home) return {"*"};
  std::vector<std::string> words;
  for (unsigned shard = 0; shard < settings.shards; ++shard)
    words.push_back(std::to_string(shard));
  return words;
}

std::vector<Binding> bindings_of(const std::vector<bridge::QueuedKind>& kinds,
                                 const PlannedQueue& queue, const std::string& node,
                                 const Settings& settings) {
  std::vector<Binding> bindings;
  for (const bridge::QueuedKind& kind : kinds) {
    for (const std::string& shard : shards_bound(queue, kind, settings)) {
      bindings.push_back(
          {settings.exchange, split_binding(kind.kind, shard, kind.only_own_home ? node : "*")});
    }
  }
  return bindings;
}

/// Those of nodes of version 0.1, by which everything came, and that this version does not have.
std::vector<Binding> first_bindings_of(const std::vector<bridge::QueuedKind>& kinds,
                                       const PlannedQueue& queue, const std::string& node,
                                       const Settings& settings) {
  std::vector<Binding> bindings;
  for (const bridge::QueuedKind& kind : kinds) {
    if (queue.use == QueueUse::shared ? queue.shards > 1 : !kind.only_own_home) continue;
    bindings.push_back(
        {settings.exchange, split_binding(kind.kind, "*", kind.only_own_home ? node : "*")});
  }
  return bindings;
}

std::vector<Binding> outdated_of(const PlannedQueue& queue, const std::string& node,
                                 const Settings& settings) {
  std::vector<Binding> outdated = bindings_of(queue.outdated, queue, node, settings);
  for (const auto* kinds : {&queue.outdated, &queue.kinds}) {
    const std::vector<Binding> first = first_bindings_of(*kinds, queue, node, settings);
    outdated.insert(outdated.end(), first.begin(), first.end());
  }
  return outdated;
}

Queue queue_of(const PlannedQueue& planned, const std::string& node, const Settings& settings) {
  Queue queue{.name = name_of(planned, node, settings),
              .use = planned.use,
              .module = planned.module,
              .shard = planned.shard,
              .shards = planned.shards,
              .arguments = arguments_of(planned, settings),
              .bindings = bindings_of(planned.kinds, planned, node, settings),
              .outdated = outdated_of(planned, node, settings),
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

std::string shard_queue(const Settings& settings, std::string_view module, unsigned shards,
                        unsigned shard) {
  return shard_name(settings.queues.find(module)->second, shards, shard);
}

std::string shared_queue(const Settings& settings, const events::Catalog& catalog,
                         std::string_view module, std::string_view key) {
  const unsigned shards = bridge::shards_of(catalog, module, settings.shards);
  return shard_queue(settings, module, shards, bridge::shard_of(key, shards));
}

bridge::Fields queue_arguments(const Settings& settings, std::string_view module, unsigned shards) {
  bridge::Fields fields{{"x-queue-type", "quorum"},
                        {"x-delivery-limit", std::int64_t{settings.delivery_limit}},
                        {"x-dead-letter-exchange", settings.dead_exchange},
                        {"x-dead-letter-routing-key", std::string(module)},
                        {"x-dead-letter-strategy", "at-least-once"},
                        // The strategy works with no other.
                        {"x-overflow", "reject-publish"}};
  if (shards > 1) fields.emplace_back("x-single-active-consumer", true);
  return fields;
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
