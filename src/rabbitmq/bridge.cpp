#include "rabbitmq/bridge.hpp"

#include "bridge/incoming_events.hpp"
#include "bridge/message/node_name.hpp"
#include "bridge/outgoing_events.hpp"
#include "core/invariant.hpp"
#include "core/random.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/consumer.hpp"
#include "rabbitmq/declare.hpp"
#include "rabbitmq/known_nodes.hpp"
#include "rabbitmq/publisher.hpp"
#include "rabbitmq/queue_survey.hpp"
#include "rabbitmq/redriver.hpp"
#include "rabbitmq/routing.hpp"
#include "rabbitmq/topology.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

// Half of what the broker lets a message be unacknowledged by default (`consumer_timeout`): after
// that it would close the channel. Half of the prefetch is held at most, for the rest is to go on.
constexpr core::Duration held_longest = 15min;

constexpr std::size_t relayed_ahead_min = 1024;
// For acknowledgements of what has just been confirmed, when the node stops.
constexpr auto last_acknowledgements = 500ms;
// A stop waits for an attempt that is under way, and nobody waits for this one.
constexpr auto survey_connect_timeout = 2'000ms;

constexpr bridge::MessagingTerms terms{
    .system = "rabbitmq", .route_attribute = "messaging.rabbitmq.destination.routing_key"};

/// The modules that get events on the node alone where their causal chain began.
std::set<std::string> modules_at_home(const events::Catalog& catalog) {
  std::set<std::string> modules;
  for (const events::ModuleSubscription& subscription : catalog.module_subscriptions()) {
    if (subscription.distribution == events::Distribution::home_node)
      modules.insert(subscription.module);
  }
  return modules;
}

/// The node as its publisher needs it.
class Outgoing final : public PublisherNode {
 public:
  /// Settings, topology and `nodes` outlive it. What is published gives away the homes of others.
  Outgoing(const bridge::BridgedNode& node, const Settings& settings, const Topology& topology,
           KnownNodes& nodes)
      : settings_(settings),
        topology_(topology),
        nodes_(nodes),
        modules_at_home_(modules_at_home(node.catalog)),
        events_(node, settings.envelope, terms) {}

  void prepare(Connection& connection) override { declare(connection, topology_); }

  Publication publication_of(const events::Event& event) override {
    note_home(event.meta().home);
    Route route{.exchange = settings_.exchange,
                .routing_key = topology_.mode == bridge::BridgeMode::exports
                                   ? export_key(event.meta())
                                   : split_key(event.meta(), settings_.shards)};
    bridge::Message message = events_.message_of(event, route.exchange, route.routing_key);
    return {.route = std::move(route), .message = std::move(message)};
  }

  bool must_be_routed(const events::Event& event) const override {
    return events_.must_be_routed(event);
  }

  void confirmed(events::Seq upto) override { events_.confirmed(upto); }

 private:
  void note_home(const std::string& home) {
    if (home == last_home_) return;
    last_home_ = home;
    for (const std::string& module : modules_at_home_)
      nodes_.add(module, home);
  }

  const Settings& settings_;
  const Topology& topology_;
  KnownNodes& nodes_;
  const std::set<std::string> modules_at_home_;  ///< they have a queue on each home
  std::string last_home_;
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

/// The node as its redriver needs it.
class Again final : public RedriverNode {
 public:
  /// Settings and catalog outlive it.
  Again(const bridge::BridgedNode& node, const Settings& settings)
      : settings_(settings),
        catalog_(node.catalog),
        events_({.name = node.name,
                 .hosted = node.hosted,
                 .modules = node.modules,
                 .catalog = node.catalog,
                 .dispatcher = node.dispatcher,
                 .clock = node.clock},
                settings.envelope, terms) {}

  std::vector<Publication> publications_of(const events::RedrivenEvent& again,
                                           const std::string& wanted_by) override {
    std::vector<Publication> publications;
    for (std::string& queue : queues_for(again, settings_, catalog_)) {
      publications.push_back({.route = {.routing_key = std::move(queue)},
                              .message = events_.message_again(*again.event, wanted_by)});
    }
    return publications;
  }

 private:
  const Settings& settings_;
  const events::Catalog& catalog_;
  bridge::OutgoingEvents events_;
};

class Bridge final : public bridge::Bridge {
 public:
  Bridge(Settings settings, std::string version, std::uint64_t seed);

  events::RelaySubscription subscription() override;
  void start(const bridge::BridgedNode& node) override;
  void relay(events::EventList events) override { publisher().relay(std::move(events)); }
  bool redrive(events::Redrive again) override {
    return redriver_ && redriver_->redrive(std::move(again));
  }
  void drain() noexcept override;
  void stop(std::chrono::milliseconds limit) override;
  bridge::BridgeStatus status() const override;

 private:
  Publisher& publisher() const {
    return core::value_of(publisher_, "the bridge is used before its start");
  }
  ConnectionOptions connection(const std::string& node, std::string_view purpose) const;
  bridge::ReconnectPolicy reconnect() const;
  void start_publisher(const bridge::BridgedNode& node);
  void start_consumer(const bridge::BridgedNode& node);
  void start_redriver(const bridge::BridgedNode& node);
  void start_survey(const std::string& node);

  const Settings settings_;
  const std::string version_;
  core::SeededRandom random_;
  Topology topology_;
  Watchdog watchdog_;
  std::optional<KnownNodes> nodes_;
  std::optional<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Consumer> consumer_;
  std::optional<Again> again_;
  std::unique_ptr<Redriver> redriver_;
  std::unique_ptr<QueueSurvey> survey_;
};

Bridge::Bridge(Settings settings, std::string version, std::uint64_t seed)
    : settings_(std::move(settings)), version_(std::move(version)), random_(seed) {}

events::RelaySubscription Bridge::subscription() {
  return {.sink = this, .window = std::max(relayed_ahead_min, 4 * settings_.confirm_window)};
}

ConnectionOptions Bridge::connection(const std::string& node, std::string_view purpose) const {
  return connection_options(settings_, "orderflow " + node + " " + std::string(purpose), version_);
}

bridge::ReconnectPolicy Bridge::reconnect() const {
  return {.first_delay = settings_.reconnect_first_delay,
          .delay_max = settings_.reconnect_delay_max,
          .refused_retry = settings_.refused_retry};
}

void Bridge::start(const bridge::BridgedNode& node) {
  core::invariant(publisher_ == nullptr, "the bridge is started twice");
  if (!bridge::is_node_name(node.name)) {
    throw std::invalid_argument(
        "node.name: \"" + node.name +
        "\" cannot stand in a routing key: over RabbitMQ a node's name is "
        "1 to 64 of A-Z a-z 0-9 _ and -, and not \"dead\" or \"shard-...\"");
  }
  topology_ = plan(node.catalog,
                   {.name = node.name, .hosted = node.hosted, .modules = node.modules}, settings_);
  nodes_.emplace(node.name);
  start_publisher(node);
  if (topology_.mode == bridge::BridgeMode::split) start_survey(node.name);
  const bool consumes =
      std::ranges::any_of(topology_.queues, [](const Queue& queue) { return queue.consumed; });
  if (consumes) start_consumer(node);
  if (topology_.mode == bridge::BridgeMode::split) start_redriver(node);
}

void Bridge::start_publisher(const bridge::BridgedNode& node) {
  const PublisherOptions options{.connection = connection(node.name, "publishes"),
                                 .confirm_window = settings_.confirm_window,
                                 .reconnect = reconnect()};
  outgoing_.emplace(node, settings_, topology_, *nodes_);
  publisher_ = std::make_unique<Publisher>(options, *outgoing_, watchdog_,
                                           std::make_unique<core::SeededRandom>(random_.next()));
}

void Bridge::start_consumer(const bridge::BridgedNode& node) {
  ConsumerOptions options{.connection = connection(node.name, "consumes"),
                          .queues = {},
                          .shared_queues = settings_.queues,
                          .prefetch = static_cast<std::uint16_t>(settings_.prefetch),
                          .acknowledge_when_stored = settings_.acknowledge == Acknowledge::stored,
                          .reconnect = reconnect()};
  for (const Queue& queue : topology_.queues) {
    if (queue.consumed) {
      options.queues.push_back({queue.name, queue.module, queue.use == bridge::QueueUse::shared});
    }
  }
  incoming_.emplace(node, settings_, topology_);
  consumer_ = std::make_unique<Consumer>(std::move(options), *incoming_, watchdog_,
                                         std::make_unique<core::SeededRandom>(random_.next()));
  node.dispatcher.observe_chains(consumer_->observer(),
                                 {.max = settings_.prefetch / 2, .longest = held_longest});
}

void Bridge::start_redriver(const bridge::BridgedNode& node) {
  RedriverOptions options{.connection = connection(node.name, "redrives"),
                          .confirm_window = settings_.confirm_window,
                          .reconnect = reconnect()};
  again_.emplace(node, settings_);
  redriver_ = std::make_unique<Redriver>(std::move(options), *again_, watchdog_,
                                         std::make_unique<core::SeededRandom>(random_.next()));
}

void Bridge::start_survey(const std::string& node) {
  QueueSurveyOptions options{.connection = connection(node, "looks at queues"),
                             .shared_queues = settings_.queues,
                             .reconnect = reconnect()};
  options.connection.connect_timeout = survey_connect_timeout;
  for (const Queue& queue : topology_.queues) {
    if (queue.use == bridge::QueueUse::dead) options.dead_queues.emplace(queue.module, queue.name);
  }
  survey_ = std::make_unique<QueueSurvey>(std::move(options), watchdog_, *nodes_,
                                          std::make_unique<core::SeededRandom>(random_.next()));
}

void Bridge::drain() noexcept {
  if (consumer_) consumer_->drain();
}

void Bridge::stop(std::chrono::milliseconds limit) {
  drain();
  if (survey_) survey_->stop();
  if (publisher_) publisher_->stop(limit);
  if (redriver_) redriver_->stop();
  if (!consumer_) return;
  const auto deadline = std::chrono::steady_clock::now() + last_acknowledgements;
  while (consumer_->status().state == bridge::ConnectionState::connected &&
         consumer_->status().waiting > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  consumer_->stop();
}

bridge::BridgeStatus Bridge::status() const {
  bridge::BridgeStatus status{.mode = topology_.mode, .publisher = publisher().status()};
  if (consumer_) status.consumer = consumer_->status();
  if (redriver_) status.redriver = redriver_->status();
  if (survey_) status.unconsumed = survey_->status();
  return status;
}

}  // namespace

std::unique_ptr<bridge::Bridge> make_bridge(Settings settings, std::string version,
                                            std::uint64_t seed) {
  return std::make_unique<Bridge>(std::move(settings), std::move(version), seed);
}

}  // namespace orderflow::rabbitmq
