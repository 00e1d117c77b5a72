#pragma once

#include "events/log/catalog.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::bridge {

/// Whether a node hosts every module and only publishes for others, or some and works with other
/// nodes.
enum class BridgeMode { exports, split };

/// Who takes from a queue.
enum class QueueUse {
  shared,  ///< any node of the module
  own,     ///< one node of the module
  dead     ///< a person
};

/// The events of a kind that a queue gets, in all versions.
struct QueuedKind {
  std::string kind;
  bool only_own_home = false;  ///< those alone whose causal chain began on the planned node
};

struct PlannedQueue {
  QueueUse use = QueueUse::shared;
  std::string module;
  unsigned shard = 0;   ///< of a shared queue, which gets the events whose keys are of this shard
  unsigned shards = 1;  ///< of how many; above 1 one consumer at a time, so that keys keep order
  std::vector<QueuedKind> kinds = {};
  /// What it got while this node hosted other modules, and must not get any more. Of a node's own
  /// queues alone.
  std::vector<QueuedKind> outdated = {};
  bool consumed = false;  ///< by this node
};

/// Which queues a node needs, in the order in which they are declared: dead queues before what
/// leads to them.
struct QueuePlan {
  BridgeMode mode = BridgeMode::exports;
  std::vector<PlannedQueue> queues = {};
};

/// The node that is planned for.
struct PlannedNode {
  std::string name;               ///< empty where it has none yet: then its own queues are left out
  std::set<std::string> hosted;   ///< modules
  std::set<std::string> modules;  ///< all there are
};

/// Which of `shards` queues the events of a key go to: FNV-1a of 64 bits over the key, modulo
/// `shards` (Fowler, Noll, Vo; RFC 9923). The same on every node and in every version.
unsigned shard_of(std::string_view key, unsigned shards) noexcept;

/// How many shared queues a module has where `shards` are set: one where it subscribes to nothing
/// that is spread over its nodes.
unsigned shards_of(const events::Catalog& catalog, std::string_view module, unsigned shards);

/// A node that hosts every module needs no queue. Any other needs the shared queue of every module
/// that subscribes to events of others, hosted by it or not, so that nothing is lost to one that
/// starts later; what it consumes; and the dead queue of each module that has a queue. No queue of
/// its modules gets what its modules publish: they have handled that already.
QueuePlan plan_queues(const events::Catalog& catalog, const PlannedNode& node, unsigned shards);

}  // namespace orderflow::bridge
