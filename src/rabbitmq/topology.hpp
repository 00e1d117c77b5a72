#pragma once

#include "bridge/message/message.hpp"
#include "events/log/catalog.hpp"
#include "rabbitmq/settings.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// Whether a node hosts every module and only tells others, or some and works with other nodes.
enum class BridgeMode { exports, split };

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

/// Who takes from a queue.
enum class QueueUse {
  shared,  ///< any node of the module
  own,     ///< one node of the module
  dead     ///< a person
};

struct Queue {
  std::string name;
  QueueUse use = QueueUse::shared;
  std::string module;
  bridge::Fields arguments;
  std::vector<Binding> bindings;
  /// Bindings of a time when this node hosted other modules. Of a node's own queues alone.
  std::vector<Binding> outdated;
  bool consumed = false;  ///< by this node
};

/// What a node wants to stand on the broker, in the order in which it is declared.
struct Topology {
  BridgeMode mode = BridgeMode::exports;
  std::vector<Exchange> exchanges;
  std::vector<Queue> queues;

  const Queue* find(std::string_view queue) const;
};

/// The node that is planned for.
struct PlannedNode {
  std::string name;               ///< empty where it has none yet: then its own queues are left out
  std::set<std::string> hosted;   ///< modules
  std::set<std::string> modules;  ///< all there are
};

/// The dead queue of a module.
std::string dead_queue(const Settings& settings, std::string_view module);
/// The module's shared queue that the events of a key go to. `catalog` tells whether it has shards.
std::string shared_queue(const Settings& settings, const events::Catalog& catalog,
                         std::string_view module, std::string_view key);

/// A node that hosts every module wants the exchange alone. Any other wants the shared queue of
/// every module that hears of others, hosted by it or not, so that nothing is lost to one that
/// starts later; what it consumes; and the dead queue of each module that has a queue. It binds no
/// queue of its modules to what its modules say: they have heard that already.
Topology plan(const events::Catalog& catalog, const PlannedNode& node, const Settings& settings);

}  // namespace orderflow::rabbitmq
