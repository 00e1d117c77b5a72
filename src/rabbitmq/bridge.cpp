#include "rabbitmq/bridge.hpp"

#include "bridge/incoming_events.hpp"
#include "bridge/message/node_name.hpp"
#include "bridge/outgoing_events.hpp"
#include "core/random.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/consumer.hpp"
#include "rabbitmq/declare.hpp"
#include "rabbitmq/nodes/name_lock.hpp"
#include "rabbitmq/publisher.hpp"
#include "rabbitmq/recipients.hpp"
#include "rabbitmq/routing.hpp"
#include "rabbitmq/topology.hpp"
#include "storage/writer.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t relayed_ahead_min = 1024;
// For acknowledgements of what has just been confirmed, when the node stops.
constexpr auto last_acknowledgements = 500ms;
constexpr std::chrono::milliseconds look_limit = 5s;

constexpr bridge::MessagingTerms terms{
    .system = "rabbitmq", .route_attribute = "messaging.rabbitmq.destination.routing_key"};

bridge::PlannedNode planned(const bridge::BridgedNode& node) {
  return {.name = node.name, .hosted = node.hosted, .modules = node.modules};
}

/// The node as its publisher needs it.
class Outgoing final : public PublisherNode {
 public:
  /// Settings and topology outlive it.
  Outgoing(const bridge::BridgedNode& node, const Settings& settings, const Topology& topology)
      : settings_(settings),
        topology_(topology),
        recipients_(planned(node), node.catalog, settings),
        events_(node, settings.envelope, terms) {}

  void prepare(Connection& connection) override { declare(connection, topology_); }

  std::vector<const Recipient*> recipients() override {
    if (topology_.mode == bridge::BridgeMode::exports) return {};
    return recipients_.known();
  }

  Publication publication_of(const events::Event& event) override {
    const bool is_split = topology_.mode == bridge::BridgeMode::split;
    Publication publication{
        .recipients = is_split ? recipients_.of(event.meta()) : std::vector<const Recipient*>{},
        .listeners =
            Route{.exchange = settings_.exchange,
                  .routing_key = is_split ? split_key(event.meta()) : export_key(event.meta())},
        .reports_unheard = !is_split};
    publication.message = events_.message_of(event, publication.listeners->exchange,
                                             publication.listeners->routing_key);
    return publication;
  }

  void confirmed(events::Seq upto) override { events_.confirmed(upto); }

 private:
  const Settings& settings_;
  const Topology& topology_;
  Recipients recipients_;
  bridge::OutgoingEvents events_;
};

/// The node as its consumer needs it.
class Incoming final : public ConsumerNode {
 public:
  /// The topology outlives it.
  Incoming(const bridge::BridgedNode& node, const Settings& settings, const Topology& topology)
      : topology_(topology), events_(node, settings.message_bytes_max, terms) {}

  void prepare(Connection& connection) override {
    events_.reconnected();
    declare(connection, topology_);
  }

  bridge::Decision decide(const bridge::ConsumedQueue& queue, const Delivery& delivery) override {
    return events_.decide(queue, delivery.message, delivery.route.routing_key);
  }

  void store(const events::ReceivedBatch& batch,
             const std::shared_ptr<events::ReceptionObserver>& observer) override {
    events_.store(batch, observer);
  }

  void stored(const events::ReceivedBatch& batch) override { events_.stored(batch); }

 private:
  const Topology& topology_;
  bridge::IncomingEvents events_;
};

class Bridge final : public bridge::Bridge {
 public:
  Bridge(Settings settings, std::string version, std::uint64_t seed);

  events::RelaySubscription subscription() override;
  void start(const bridge::BridgedNode& node) override;
  void relay(events::EventList events) override { publisher_->relay(std::move(events)); }
  void drain() noexcept override;
  void stop(std::chrono::milliseconds limit) override;
  bridge::BridgeStatus status() const override;

 private:
  ConnectionOptions connection(const std::string& node, std::string_view purpose) const;
  ConnectionOptions quick_to_give_up(const std::string& node) const;
  bridge::ReconnectPolicy reconnect() const;
  void hold_name(const bridge::BridgedNode& node);
  /// What publisher and consumer wait for; null: nothing.
  bridge::Gate* gate() { return name_lock_ ? &gate_ : nullptr; }
  void start_publisher(const bridge::BridgedNode& node);
  void start_consumer(const bridge::BridgedNode& node);
  void stop_consumer();

  const Settings settings_;
  const std::string version_;
  core::SeededRandom random_;
  Topology topology_;
  Watchdog watchdog_;
  bridge::Gate gate_;
  std::unique_ptr<NameLock> name_lock_;
  std::optional<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Consumer> consumer_;
};

Bridge::Bridge(Settings settings, std::string version, std::uint64_t seed)
    : settings_(std::move(settings)), version_(std::move(version)), random_(seed) {}

events::RelaySubscription Bridge::subscription() {
  return {.sink = this, .window = std::max(relayed_ahead_min, 4 * settings_.confirm_window)};
}

ConnectionOptions Bridge::connection(const std::string& node, std::string_view purpose) const {
  return connection_options(settings_, "orderflow " + node + " " + std::string(purpose), version_);
}

/// Of the connection that looks after queues: meanwhile nothing is published.
ConnectionOptions Bridge::quick_to_give_up(const std::string& node) const {
  ConnectionOptions options = connection(node, "watches its queues");
  options.connect_timeout = std::min(options.connect_timeout, look_limit);
  options.stuck_timeout = std::min(options.stuck_timeout, look_limit);
  return options;
}

bridge::ReconnectPolicy Bridge::reconnect() const {
  return {.first_delay = settings_.reconnect_first_delay,
          .delay_max = settings_.reconnect_delay_max,
          .refused_retry = settings_.refused_retry};
}

void Bridge::start(const bridge::BridgedNode& node) {
  if (!bridge::is_node_name(node.name)) {
    throw std::invalid_argument(
        "node.name: \"" + node.name +
        "\" cannot stand in a routing key: over RabbitMQ a node's name is "
        "1 to 64 of A-Z a-z 0-9 _ and -, and not \"dead\" or \"shard-...\"");
  }
  topology_ = plan(node.catalog, planned(node), settings_);
  if (topology_.mode == bridge::BridgeMode::split) hold_name(node);
  start_publisher(node);
  const bool consumes =
      std::ranges::any_of(topology_.queues, [](const Queue& queue) { return queue.consumed; });
  if (consumes) start_consumer(node);
}

/// A node that hosts everything has no queue of its name.
void Bridge::hold_name(const bridge::BridgedNode& node) {
  NameLockOptions options{.connection = connection(node.name, "holds its name"),
                          .node = node.name,
                          .patience = 2 * settings_.heartbeat,
                          .reconnect = reconnect()};
  const auto take_no_orders = [&writer = node.dispatcher.writer()](bool is_taken) {
    writer.hold_back(is_taken ? "another node has the name of this one" : nullptr);
  };
  name_lock_ = std::make_unique<NameLock>(std::move(options), watchdog_, gate_, take_no_orders,
                                          std::make_unique<core::SeededRandom>(random_.next()));
}

void Bridge::start_publisher(const bridge::BridgedNode& node) {
  const PublisherOptions options{.connection = connection(node.name, "publishes"),
                                 .watching = quick_to_give_up(node.name),
                                 .node = node.name,
                                 .confirm_window = settings_.confirm_window,
                                 .reconnect = reconnect(),
                                 .gate = gate()};
  outgoing_.emplace(node, settings_, topology_);
  publisher_ = std::make_unique<Publisher>(options, *outgoing_, watchdog_,
                                           std::make_unique<core::SeededRandom>(random_.next()));
}

void Bridge::start_consumer(const bridge::BridgedNode& node) {
  ConsumerOptions options{.connection = connection(node.name, "consumes"),
                          .queues = {},
                          .shared_queues = settings_.queues,
                          .prefetch = static_cast<std::uint16_t>(settings_.prefetch),
                          .acknowledge_when_stored = settings_.acknowledge == Acknowledge::stored,
                          .reconnect = reconnect(),
                          .gate = gate()};
  for (const Queue& queue : topology_.queues) {
    if (!queue.consumed) continue;
    bridge::ConsumedQueue consumed{queue.name, queue.module, queue.use == bridge::QueueUse::shared};
    if (queue.shards == 1) {
      options.queues.push_back(std::move(consumed));
      continue;
    }
    if (queue.shard == 0) options.sharded.push_back({settings_.queues.at(queue.module), {}});
    options.sharded.back().shards.push_back(std::move(consumed));
  }
  incoming_.emplace(node, settings_, topology_);
  consumer_ = std::make_unique<Consumer>(std::move(options), *incoming_, watchdog_,
                                         std::make_unique<core::SeededRandom>(random_.next()));
  node.dispatcher.observe_chains(consumer_->observer());
}

void Bridge::drain() noexcept {
  if (consumer_) consumer_->drain();
}

void Bridge::stop(std::chrono::milliseconds limit) {
  drain();
  if (publisher_) publisher_->stop(limit);
  if (consumer_) stop_consumer();
  if (name_lock_) name_lock_->stop();
}

void Bridge::stop_consumer() {
  const auto deadline = std::chrono::steady_clock::now() + last_acknowledgements;
  while (consumer_->status().state == bridge::ConnectionState::connected &&
         consumer_->status().waiting > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  consumer_->stop();
}

bridge::BridgeStatus Bridge::status() const {
  bridge::BridgeStatus status{.mode = topology_.mode, .publisher = publisher_->status()};
  if (consumer_) status.consumer = consumer_->status();
  if (name_lock_) status.name = name_lock_->status();
  return status;
}

}  // namespace

std::unique_ptr<bridge::Bridge> make_bridge(Settings settings, std::string version,
                                            std::uint64_t seed) {
  return std::make_unique<Bridge>(std::move(settings), std::move(version), seed);
}

}  // namespace orderflow::rabbitmq
