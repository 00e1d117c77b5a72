#pragma once

#include "bridge/message/message.hpp"
#include "bridge/queue_plan.hpp"
#include "events/log/catalog.hpp"
#include "events/remote/relay.hpp"
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
  bridge::Fields arguments;
  std::vector<Binding> bindings;
  /// Bindings of a time when this node hosted other modules. Of a node's own queues alone.
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
/// The module's shared queue that the events of a key go to. `catalog` knows whether it has shards.
std::string shared_queue(const Settings& settings, const events::Catalog& catalog,
                         std::string_view module, std::string_view key);

/// The queues that an event goes to which is sent to one module once more: by the distribution of
/// its kind the module's shared one, or that of the home node; and where every node of the module
/// gets the kind, also those of the named nodes.
std::vector<std::string> queues_for(const events::RedrivenEvent& again, const Settings& settings,
                                    const events::Catalog& catalog);

/// The queues of `bridge::plan_queues` as quorum queues, named and bound as the settings say, with
/// the exchanges that lead to them. A node that hosts every module needs the exchange of the events
/// alone.
Topology plan(const events::Catalog& catalog, const bridge::PlannedNode& node,
              const Settings& settings);

}  // namespace orderflow::rabbitmq
