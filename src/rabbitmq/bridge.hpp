#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "events/dispatcher.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/consumer.hpp"
#include "rabbitmq/publisher.hpp"
#include "rabbitmq/settings.hpp"
#include "rabbitmq/topology.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace orderflow::rabbitmq {

/// The node that a bridge works for. What it refers to outlives the bridge.
struct BridgedNode {
  std::string name;
  std::set<std::string> hosted;   ///< its modules
  std::set<std::string> modules;  ///< all there are
  const events::Catalog& catalog;
  events::Dispatcher& dispatcher;
  const core::Clock& clock;
  boost::asio::any_io_executor executor;  ///< runs short callbacks
  telemetry::Tracer* tracer = nullptr;    ///< null: nothing is traced
};

struct BridgeStatus {
  BridgeMode mode = BridgeMode::exports;
  PublisherStatus publisher = {};
  std::optional<ConsumerStatus> consumer = {};  ///< where the node consumes

  /// What anybody may know; empty where all is well. Why it is so stands in the log.
  std::string trouble() const;
};

/// Connects a node with others over RabbitMQ: publishes what its modules say, and brings in what
/// they hear of modules elsewhere. The modules do not know of it.
class Bridge final : public events::RelaySink {
 public:
  /// `version` is that of this program. `settings` name a broker.
  Bridge(Settings settings, std::string version, std::uint64_t seed);
  ~Bridge() override;

  /// For the node to be made with.
  events::RelaySubscription subscription();

  /// Starts, for a node that was made with the subscription and whose writer has not started.
  /// Throws `std::invalid_argument` where the node's name cannot stand in a routing key.
  void start(const BridgedNode& node);

  void relay(events::EventList events) override { publisher_->relay(std::move(events)); }

  /// Takes nothing in any more.
  void drain() noexcept;

  /// Ends within about `limit`, if the broker answers after what was said before is confirmed.
  void stop(std::chrono::milliseconds limit);

  /// From any thread, once it has started.
  BridgeStatus status() const;

 private:
  ConnectionOptions connection(const std::string& node, std::string_view purpose) const;
  bridge::ReconnectPolicy reconnect() const;
  void start_publisher(const BridgedNode& node);
  void start_consumer(const BridgedNode& node);

  const Settings settings_;
  const std::string version_;
  core::SeededRandom random_;
  Topology topology_;
  Watchdog watchdog_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace orderflow::rabbitmq
