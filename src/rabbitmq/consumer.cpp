#include "rabbitmq/consumer.hpp"

#include "core/invariant.hpp"
#include "rabbitmq/client/reply_codes.hpp"
#include "rabbitmq/routing.hpp"
#include "storage/writer.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr auto consumer_idle_wait = 1'000ms;
// The node takes no writes at the moment; until it does, the queues hold what waits.
constexpr auto write_pause = 50ms;
constexpr std::size_t gathered_max = 256;

telemetry::Logger& consumer_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

}  // namespace

Consumer::Consumer(ConsumerOptions options, ConsumerNode& node, Watchdog& watchdog,
                   std::unique_ptr<core::Random> random)
    : options_(std::move(options)),
      node_(node),
      watchdog_(watchdog),
      brokers_(options_.connection, random->next()),
      shards_(options_.sharded, *this),
      loop_({.activity = "consuming",
             .log = consumer_log(),
             .reconnect = options_.reconnect,
             .gate = options_.gate},
            *this, inbox_->wake_up(), std::move(random)) {}

void Consumer::drain() noexcept {
  draining_ = true;
}

void Consumer::stop() {
  loop_.stop();
}

bridge::ConsumerStatus Consumer::status() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void Consumer::state_changed() {
  status_.state = loop_.state();
  status_.message = loop_.reason();
  status_.reconnects = loop_.reconnects();
  publish_status();
}

void Consumer::publish_status() {
  status_.waiting = unacknowledged_.size() + passed_.size();
  const std::lock_guard lock(mutex_);
  told_ = status_;
}

void Consumer::connect_and_serve() {
  const ConnectionOptions& broker = brokers_.next();
  Connection connection(broker, watchdog_);
  // What was not acknowledged on the last connection comes again on this one.
  forget_connection();
  connection_ = &connection;
  try {
    node_.prepare(connection);
    for (const bridge::ConsumedQueue& queue : options_.queues)
      open(queue);
    shards_.begin(connection);
    loop_.connected();
    consumer_log().info("consuming from broker={} queues={}", broker.address.shown(),
                        options_.queues.size() + options_.sharded.size());
    serve(connection);
    forget_connection();
  } catch (...) {
    forget_connection();
    throw;
  }
}

void Consumer::forget_connection() {
  shards_.forget();
  channels_.clear();
  passing_on_.reset();
  passed_.clear();
  next_passing_tag_ = 1;
  unacknowledged_.clear();
  gathered_.clear();
  under_way_.reset();
  write_again_at_.reset();
  connection_ = nullptr;
}

void Consumer::open(const bridge::ConsumedQueue& queue) {
  Channel channel(*connection_);
  channel.set_prefetch(options_.prefetch);
  const ChannelNumber number = channel.number();
  const auto [opened, is_new] = channels_.emplace(number, std::pair{std::move(channel), &queue});
  opened->second.first.consume(queue.name, queue.name);
}

void Consumer::leave(const bridge::ConsumedQueue& queue) {
  channels_.at(channel_of(queue)).first.cancel(queue.name);
}

bool Consumer::is_finished(const bridge::ConsumedQueue& queue) const {
  const ChannelNumber number = channel_of(queue);
  const auto is_from_it = [number](const Origin& origin) { return origin.channel == number; };
  return std::ranges::none_of(unacknowledged_,
                              [&](const auto& entry) { return is_from_it(entry.second); }) &&
         std::ranges::none_of(passed_,
                              [&](const auto& entry) { return is_from_it(entry.second.origin); });
}

void Consumer::close(const bridge::ConsumedQueue& queue) {
  const ChannelNumber number = channel_of(queue);
  std::erase_if(unacknowledged_, [&](const auto& entry) { return entry.second.channel == number; });
  std::erase_if(passed_, [&](const auto& entry) { return entry.second.origin.channel == number; });
  channels_.at(number).first.close();
  channels_.erase(number);
}

ChannelNumber Consumer::channel_of(const bridge::ConsumedQueue& queue) const {
  const auto found = std::ranges::find_if(
      channels_, [&](const auto& entry) { return entry.second.second == &queue; });
  core::invariant(found != channels_.end(), "a queue is given up that is not consumed");
  return found->first;
}

void Consumer::serve(Connection& connection) {
  for (;;) {
    inbox_->wake_up().clear();
    take_over();
    if (loop_.stopping()) return;
    loop_.require_open_gate();
    if (const auto event = connection.next(wait_limit(), &inbox_->wake_up())) {
      handle(*event);
      drain(connection);
    }
    store_received();
    if (!draining_) shards_.look(Clock::now());
    publish_status();
    loop_.still_up(Clock::now());
  }
}

void Consumer::drain(Connection& connection) {
  while (gathered_.size() < gathered_max) {
    const auto event = connection.next(0ms);
    if (!event) return;
    handle(*event);
  }
}

void Consumer::handle(const ConnectionEvent& event) {
  if (const auto* delivery = std::get_if<Delivery>(&event)) {
    receive(*delivery);
  } else if (const auto* confirmed = std::get_if<Confirmed>(&event)) {
    confirmed_elsewhere(*confirmed);
  } else if (const auto* returned = std::get_if<Returned>(&event)) {
    unwanted_elsewhere(*returned);
  } else if (const auto* closed = std::get_if<ChannelClosed>(&event)) {
    const std::string words =
        "the broker has closed a channel: " + std::to_string(closed->code) + " " + closed->reason;
    if (closed->code == access_refused) throw bridge::BrokerRefused(closed->code, words);
    throw bridge::ConnectionLost(words);
  } else if (const auto* cancelled = std::get_if<ConsumerCancelled>(&event)) {
    throw bridge::ConnectionLost("the broker has ended the consumer of queue " +
                                 cancelled->consumer_tag + ": it was deleted, or has no leader");
  } else if (std::holds_alternative<Nacked>(event)) {
    throw bridge::ConnectionLost("the broker could not take a message that was to be passed on");
  }
}

void Consumer::receive(const Delivery& delivery) {
  if (draining_) return;
  const auto channel = channels_.find(delivery.channel);
  if (channel == channels_.end()) return;
  const bridge::ConsumedQueue& queue = *channel->second.second;
  const Origin origin{delivery.channel, delivery.tag};
  ++status_.consumed;
  loop_.worked();
  if (delivery.redelivered) ++status_.redelivered;
  bridge::Decision decision = node_.decide(queue, delivery);
  if (auto* taken = std::get_if<bridge::Receive>(&decision)) {
    taken->event.tracking_number = next_tracking_number_++;
    unacknowledged_.emplace(taken->event.tracking_number, origin);
    gathered_.push_back(std::move(taken->event));
  } else if (const auto* pass = std::get_if<bridge::PassOn>(&decision)) {
    pass_on(origin, queue, *pass);
  } else if (const auto* refused = std::get_if<bridge::Reject>(&decision)) {
    reject(origin, queue.name, delivery.message, refused->reason);
  } else {
    ++status_.skipped;
    acknowledge(origin);
  }
}

void Consumer::reject(const Origin& origin, const std::string& queue,
                      const bridge::Message& message, const std::string& reason) {
  ++status_.rejected;
  consumer_log().warn("message rejected queue={} message={} reason=\"{}\"", queue,
                      message.properties.message_id, reason);
  channels_.at(origin.channel).first.reject(origin.tag, false);
}

void Consumer::store_received() {
  const auto now = Clock::now();
  if (under_way_) {
    if (write_again_at_ && *write_again_at_ <= now) write();
    return;
  }
  if (gathered_.empty()) return;
  under_way_ = std::make_shared<const std::vector<events::ReceivedEvent>>(std::move(gathered_));
  gathered_.clear();
  write();
}

void Consumer::write() {
  write_again_at_.reset();
  node_.store(under_way_, inbox_);
}

void Consumer::take_over() {
  const bridge::ReceptionInbox::Reports reports = inbox_->take();
  for (const auto& report : reports.stored)
    handle_stored(report);
  for (const TrackingNumber tracking_number : reports.finished)
    acknowledge(tracking_number);
}

void Consumer::handle_stored(const bridge::ReceptionInbox::StoredReport& report) {
  if (!report.error) node_.stored(report.batch);
  // A batch of a connection that has gone comes again on this one.
  if (report.batch != under_way_) return;
  if (!report.error) {
    if (options_.acknowledge_when_stored) {
      for (const events::ReceivedEvent& event : *under_way_)
        acknowledge(event.tracking_number);
    }
    under_way_.reset();
    return;
  }
  try {
    std::rethrow_exception(report.error);
  } catch (const storage::WriteRefused&) {
    write_again_at_ = Clock::now() + write_pause;
  }
}

void Consumer::acknowledge(TrackingNumber tracking_number) {
  const auto found = unacknowledged_.find(tracking_number);
  if (found == unacknowledged_.end()) return;
  const Origin origin = found->second;
  unacknowledged_.erase(found);
  acknowledge(origin);
}

void Consumer::acknowledge(const Origin& origin) {
  channels_.at(origin.channel).first.acknowledge(origin.tag, false);
  ++status_.acknowledged;
}

/// By the default exchange: by that of the events, all that subscribe to the kind would get it once
/// more, and the broker would not report that the node has no queue.
void Consumer::pass_on(const Origin& origin, const bridge::ConsumedQueue& queue,
                       const bridge::PassOn& pass) {
  if (!passing_on_) {
    passing_on_.emplace(*connection_);
    passing_on_->select_confirms();
  }
  const std::string& shared = options_.shared_queues.find(queue.module)->second;
  passing_on_->publish({.routing_key = own_queue(shared, pass.home)}, pass.message, true);
  passed_.emplace(next_passing_tag_++, PassedOn{origin, pass.message.properties.message_id});
}

void Consumer::confirmed_elsewhere(const Confirmed& confirmed) {
  const auto end = passed_.upper_bound(confirmed.tag);
  const auto begin = confirmed.multiple ? passed_.begin() : passed_.find(confirmed.tag);
  if (begin == passed_.end()) return;
  for (auto passed = begin; passed != end; ++passed) {
    acknowledge(passed->second.origin);
    ++status_.passed_on;
  }
  passed_.erase(begin, end);
}

void Consumer::unwanted_elsewhere(const Returned& returned) {
  const std::string& id = returned.message.properties.message_id;
  const auto found = std::ranges::find_if(
      passed_, [&](const auto& entry) { return entry.second.message_id == id; });
  if (found == passed_.end()) return;
  const Origin origin = found->second.origin;
  passed_.erase(found);
  reject(origin, channels_.at(origin.channel).second->name, returned.message,
         "it is for a node that has no queue: " + returned.route.routing_key);
}

std::chrono::milliseconds Consumer::wait_limit() const {
  auto until = Clock::now() + consumer_idle_wait;
  if (write_again_at_) until = std::min(until, *write_again_at_);
  if (const auto look_at = shards_.next()) until = std::min(until, *look_at);
  if (!under_way_ && !gathered_.empty()) return 0ms;
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()), 0ms);
}

}  // namespace orderflow::rabbitmq
