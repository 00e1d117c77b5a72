#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::events {

/// Where events go that leave the node.
class RelaySink {
 public:
  virtual ~RelaySink() = default;

  /// Takes over committed events, in log order and each once. Called on the writer thread; must not
  /// block. Whoever takes them calls `Dispatcher::relay_confirmed` once they are confirmed.
  virtual void relay(EventList events) = 0;
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
