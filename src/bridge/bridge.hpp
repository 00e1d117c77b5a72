#pragma once

#include "bridge/status.hpp"
#include "core/clock.hpp"
#include "events/dispatcher.hpp"
#include "events/log/catalog.hpp"
#include "events/remote/relay.hpp"
#include "telemetry/tracer.hpp"

#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace orderflow::bridge {

/// The node that a bridge works for. What it refers to outlives the bridge.
struct BridgedNode {
  std::string name;
  std::set<std::string> hosted;   ///< its modules
  std::set<std::string> modules;  ///< all there are
  const events::Catalog& catalog;
  events::Dispatcher& dispatcher;
  const core::Clock& clock;
  telemetry::Tracer* tracer = nullptr;  ///< null: nothing is traced
};

/// Connects a node with others over a broker: publishes the events of its modules, and brings in
/// those that they subscribe to of modules elsewhere. The modules do not know of it. A folder for
/// each kind of broker implements it, behind a factory that the composition root calls.
///
/// The node is made with `subscription`; then the bridge is started, and last stopped. `relay` is
/// called on the writer thread, `status` on any once it has started, all else on the thread that
/// made it.
class Bridge : public events::RelaySink {
 public:
  /// For the node to be made with.
  virtual events::RelaySubscription subscription() = 0;

  /// Starts, for a node that was made with the subscription and whose writer has not started.
  /// Throws `std::invalid_argument` where the node's name cannot be one over this broker.
  virtual void start(const BridgedNode& node) = 0;

  /// Receives nothing any more.
  virtual void drain() noexcept = 0;

  /// Ends within about `limit`: as soon as the broker has confirmed what was handed over before.
  virtual void stop(std::chrono::milliseconds limit) = 0;

  virtual BridgeStatus status() const = 0;
};

}  // namespace orderflow::bridge
