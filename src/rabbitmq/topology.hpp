#pragma once

#include "bridge/message/message.hpp"
#include "bridge/queue_plan.hpp"
#include "events/log/catalog.hpp"
#include "rabbitmq/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::rabbitmq {

struct Exchange {
  std::string name;
  std::string type;  ///< "topic", "direct"

  friend bool operator==(const Exchange&, const Exchange&) = default;
};

struct Binding {
  std::string exchange;
  std::string routing_key;

  friend bool operator==(const Binding&, const Binding&) = default;
};

struct Queue {
  std::string name;
  bridge::QueueUse use = bridge::QueueUse::shared;
  std::string module;
  unsigned shard = 0;   ///< of a shared queue
  unsigned shards = 1;  ///< of how many
  bridge::Fields arguments;
  std::vector<Binding> bindings;
  /// Bindings of the version before, and of a time when this node hosted other modules.
  std::vector<Binding> outdated;
  bool consumed = false;  ///< by this node
};

/// What a node needs on the broker, in the order in which it is declared.
struct Topology {
  bridge::BridgeMode mode = bridge::BridgeMode::exports;
  std::vector<Exchange> exchanges;
  std::vector<Queue> queues;

  const Queue* find(std::string_view queue) const;
};

/// The dead queue of a module.
std::string dead_queue(const Settings& settings, std::string_view module);
/// A shared queue of a module that has so many shards.
std::string shard_queue(const Settings& settings, std::string_view module, unsigned shards,
                        unsigned shard);
/// The module's shared queue that the events of a key go to. `catalog` tells whether it has shards.
std::string shared_queue(const Settings& settings, const events::Catalog& catalog,
                         std::string_view module, std::string_view key);

/// What a queue of a module is declared with, one of `shards` or of a single node.
bridge::Fields queue_arguments(const Settings& settings, std::string_view module, unsigned shards);

/// The queues of `bridge::plan_queues` as quorum queues, named and bound as the settings say, with
/// the exchanges that lead to them. A node that hosts every module needs the exchange of the events
/// alone.
Topology plan(const events::Catalog& catalog, const bridge::PlannedNode& node,
              const Settings& settings);

}  // namespace orderflow::rabbitmq
