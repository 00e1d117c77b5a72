#include "rabbitmq/bridge.hpp"

#include "bridge/message/envelope.hpp"
#include "bridge/message/node_name.hpp"
#include "bridge/message_spans.hpp"
#include "bridge/reception.hpp"
#include "core/random.hpp"
#include "events/received_event.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/consumer.hpp"
#include "rabbitmq/declare.hpp"
#include "rabbitmq/publisher.hpp"
#include "rabbitmq/routing.hpp"
#include "rabbitmq/topology.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t relayed_ahead_min = 1024;
// For acknowledgements of what has just been confirmed, when the node stops.
constexpr auto last_acknowledgements = 500ms;

/// By kind: the modules of a node that hear it there, with commas between.
std::map<std::string, std::string, std::less<>> handled_here(const bridge::BridgedNode& node) {
  std::map<std::string, std::string, std::less<>> handled;
  for (const events::ModuleSubscription& subscription : node.catalog.module_subscriptions()) {
    if (!node.hosted.contains(subscription.module)) continue;
    std::string& modules = handled[subscription.kind];
    modules += (modules.empty() ? "" : ",") + subscription.module;
  }
  return handled;
}

/// Kinds that a module on another node hears.
std::set<std::string, std::less<>> handled_elsewhere(const bridge::BridgedNode& node) {
  std::set<std::string, std::less<>> kinds;
  for (const events::ModuleSubscription& subscription : node.catalog.module_subscriptions()) {
    if (!node.hosted.contains(subscription.module)) kinds.insert(subscription.kind);
  }
  return kinds;
}

const bridge::MessagingTerms terms{.system = "rabbitmq",
                                   .route_attribute = "messaging.rabbitmq.destination.routing_key"};

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
  bridge::ReconnectPolicy reconnect() const;
  void start_publisher(const bridge::BridgedNode& node);
  void start_consumer(const bridge::BridgedNode& node);

  const Settings settings_;
  const std::string version_;
  core::SeededRandom random_;
  Topology topology_;
  Watchdog watchdog_;
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
  topology_ = plan(node.catalog,
                   {.name = node.name, .hosted = node.hosted, .modules = node.modules}, settings_);
  start_publisher(node);
  const bool consumes =
      std::ranges::any_of(topology_.queues, [](const Queue& queue) { return queue.consumed; });
  if (consumes) start_consumer(node);
}

void Bridge::start_publisher(const bridge::BridgedNode& node) {
  const PublisherOptions options{.connection = connection(node.name, "publishes"),
                                 .confirm_window = settings_.confirm_window,
                                 .reconnect = reconnect()};
  std::shared_ptr<bridge::PublishSpans> spans;
  if (node.tracer != nullptr) spans = std::make_shared<bridge::PublishSpans>(*node.tracer, terms);
  PublisherParts parts;
  parts.encode = [this, spans, handled = handled_here(node)](const events::Event& event) {
    const auto modules = handled.find(event.kind());
    Publication made{
        .route = {.exchange = settings_.exchange,
                  .routing_key = topology_.mode == bridge::BridgeMode::exports
                                     ? export_key(event.meta())
                                     : split_key(event.meta(), settings_.shards)},
        .message = bridge::encode(event, settings_.envelope,
                                  modules == handled.end() ? std::string_view{} : modules->second)};
    if (spans) {
      spans->sending(event, made.route.exchange, made.route.routing_key, made.message);
    }
    return made;
  };
  parts.must_be_routed = [kinds = handled_elsewhere(node)](const events::Event& event) {
    return kinds.contains(event.kind());
  };
  parts.declare = [this](Connection& connection) { declare(connection, topology_); };
  parts.confirmed = [spans, &dispatcher = node.dispatcher](events::Seq upto) {
    if (spans) spans->confirmed(upto);
    dispatcher.relay_confirmed(upto);
  };
  publisher_ = std::make_unique<Publisher>(options, std::move(parts), watchdog_,
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
  auto reception =
      std::make_shared<bridge::Reception>(node.name, settings_.message_bytes_max, node.catalog);
  std::shared_ptr<bridge::ReceiveSpans> spans;
  if (node.tracer != nullptr) spans = std::make_shared<bridge::ReceiveSpans>(*node.tracer, terms);
  ConsumerParts parts;
  parts.declare = [this, spans](Connection& connection) {
    if (spans) spans->lost();
    declare(connection, topology_);
  };
  parts.decide = [reception, spans, &clock = node.clock](const bridge::ConsumedQueue& queue,
                                                         const Delivery& delivery) {
    bridge::Decision decision = reception->decide(queue, delivery.message, clock.now());
    auto* taken = spans ? std::get_if<bridge::Receive>(&decision) : nullptr;
    if (taken != nullptr) spans->received(queue, delivery.route.routing_key, *taken);
    return decision;
  };
  parts.receive = [spans, &dispatcher = node.dispatcher, executor = node.executor](
                      std::shared_ptr<const std::vector<events::ReceivedEvent>> received,
                      StoredCallback stored) {
    if (spans) {
      stored = [spans, received, on_stored = std::move(stored)](std::exception_ptr error) {
        if (!error) spans->stored(*received);
        on_stored(std::move(error));
      };
    }
    dispatcher.writer().submit(std::make_unique<events::ReceivedEventsWrite>(
        executor, dispatcher, std::move(received), std::move(stored)));
  };
  consumer_ = std::make_unique<Consumer>(std::move(options), std::move(parts), watchdog_,
                                         std::make_unique<core::SeededRandom>(random_.next()));
  node.dispatcher.on_chain_finished(consumer_->on_ended());
}

void Bridge::drain() noexcept {
  if (consumer_) consumer_->drain();
}

void Bridge::stop(std::chrono::milliseconds limit) {
  drain();
  if (publisher_) publisher_->stop(limit);
  if (!consumer_) return;
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
  return status;
}

}  // namespace

std::unique_ptr<bridge::Bridge> make_bridge(Settings settings, std::string version,
                                            std::uint64_t seed) {
  return std::make_unique<Bridge>(std::move(settings), std::move(version), seed);
}

}  // namespace orderflow::rabbitmq
