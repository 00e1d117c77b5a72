#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// An event of this node that is sent to one module once more.
struct RedrivenEvent {
  EventPtr event;
  std::string receiver;  ///< a module elsewhere that subscribes to it
  /// Nodes of the receiver that are known to have published something about the event's key. Where
  /// every node of the receiver gets the kind, these get it too.
  std::vector<std::string> receiver_nodes = {};
};

/// Events of one key that are sent once more, under their ids and marked, because they or what was
/// to follow from them may be lost. Nobody but the named modules gets them.
struct Redrive {
  std::vector<RedrivenEvent> events = {};
  /// The module that may have missed something. Who receives an event of these that it knows sends
  /// to that module again what it has published about the key.
  std::string wanted_by = {};
  /// Called once, when the broker has all of them or no queue takes them; may be empty. From any
  /// thread; quick, and does not throw.
  std::function<void()> done = {};
};

/// Where events go that leave the node.
class RelaySink {
 public:
  virtual ~RelaySink() = default;

  /// Takes over committed events, in log order and each once. Called on the writer thread; must not
  /// block. Whoever takes them calls `Dispatcher::relay_confirmed` once they are confirmed.
  virtual void relay(EventList events) = 0;

  /// Takes over events that are sent once more. False where it takes none, or none now: then
  /// nothing is done with them, and `done` is not called. Called on the writer thread; must not
  /// block.
  virtual bool redrive(Redrive /*again*/) { return false; }
};

/// The module that the relay goes by.
inline constexpr std::string_view bridge_module = "bridge";

/// The one relay of a node, in its subscriptions.
inline constexpr std::string_view relay_name = "bridge.publish";

/// Hands the public events of this node's modules to a sink: a subscription of its own, whose
/// cursor follows what is confirmed.
struct RelaySubscription {
  std::string name{relay_name};
  RelaySink* sink = nullptr;  ///< outlives the dispatcher
  std::size_t window = 1024;  ///< events handed over that are not confirmed, at most
};

}  // namespace orderflow::events
