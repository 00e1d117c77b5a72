#include "rabbitmq/nodes/name_lock.hpp"

#include "bridge/connection/errors.hpp"
#include "rabbitmq/client/reply_codes.hpp"
#include "telemetry/log.hpp"

#include <utility>
#include <variant>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr auto try_again_after = 500ms;
constexpr auto idle_wait = 1'000ms;

telemetry::Logger& name_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

}  // namespace

std::string name_queue(const std::string& node) {
  return "orderflow.node." + node;
}

bool is_name_held(Connection& connection, const std::string& node) {
  Channel channel(connection);
  try {
    channel.check_queue(name_queue(node));
  } catch (const bridge::BrokerRefused& refusal) {
    if (refusal.code() != resource_locked && refusal.code() != not_found) throw;
    return refusal.code() == resource_locked;
  }
  channel.close();
  return true;
}

NameLock::NameLock(NameLockOptions options, Watchdog& watchdog, bridge::Gate& gate,
                   std::function<void(bool is_taken)> on_change,
                   std::unique_ptr<core::Random> random)
    : options_(std::move(options)),
      queue_(name_queue(options_.node)),
      watchdog_(watchdog),
      gate_(gate),
      on_change_(std::move(on_change)),
      brokers_(options_.connection, random->next()),
      loop_({.activity = "holding the node's name",
             .log = name_log(),
             .reconnect = options_.reconnect},
            *this, wake_up_, std::move(random)) {}

bridge::NameStatus NameLock::status() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void NameLock::state_changed() {
  bridge::NameStatus now = status();
  now.state = loop_.state();
  now.message = loop_.reason();
  if (now.state == bridge::ConnectionState::connected) {
    now.is_taken = false;
    tell(std::move(now));
    gate_.open();
  } else {
    release(now.message);
    tell(std::move(now));
  }
}

void NameLock::release(std::string reason) {
  gate_.close({.state = bridge::ConnectionState::connecting,
               .reason = "the node does not hold its name: " + std::move(reason)});
}

void NameLock::tell(bridge::NameStatus status) {
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    is_news = status.is_taken != told_.is_taken;
    told_ = std::move(status);
  }
  if (is_news) on_change_(told_.is_taken);
}

void NameLock::connect_and_serve() {
  Connection connection(brokers_.next(), watchdog_);
  Channel channel(connection);
  if (!claim(connection, channel)) return;
  was_held_ = true;
  taken_since_.reset();
  loop_.connected();
  name_log().info("holds its name node={} queue={}", options_.node, queue_);
  try {
    hold(connection, channel);
  } catch (const bridge::BrokerError& error) {
    release(error.what());  // before the connection says goodbye, which gives the name free
    throw;
  }
}

bool NameLock::claim(Connection& connection, Channel& channel) {
  while (!loop_.stopping()) {
    if (try_claim(channel)) return true;
    channel = Channel(connection);  // the broker has closed the other
    wait_for_it();
    connection.next(try_again_after, &wake_up_);
  }
  return false;
}

bool NameLock::try_claim(Channel& channel) {
  try {
    channel.declare_exclusive_queue(queue_);
    return true;
  } catch (const bridge::BrokerRefused& refusal) {
    // 404: a cluster says so of what a broker had that has just died, until it has cleared up.
    if (refusal.code() != resource_locked && refusal.code() != not_found) throw;
    return false;
  }
}

void NameLock::wait_for_it() {
  const auto now = Clock::now();
  if (!taken_since_) taken_since_ = now;
  const bool is_late = now - *taken_since_ >= options_.patience;
  const std::string name = "\"" + options_.node + "\"";
  bridge::NameStatus next{.state = bridge::ConnectionState::connecting,
                          .message = "somebody is connected to the broker as " + name +
                                     ": waiting as long as it may keep a connection that was cut",
                          .is_taken = is_late || !was_held_};
  if (is_late) {
    next.state = bridge::ConnectionState::refused;
    next.message = "another node named " + name +
                   " is connected to this broker, and each needs a node.name of its own: this one"
                   " publishes and receives nothing, and takes no orders, until that one has ended";
  }
  if (next.message == status().message) return;
  name_log().warn("holding the node's name is interrupted state={} reason=\"{}\"",
                  to_string(next.state), next.message);
  gate_.close({.state = next.state, .reason = next.message});
  tell(std::move(next));
}

void NameLock::hold(Connection& connection, Channel& channel) {
  // So that the broker tells where somebody deletes it.
  channel.consume(queue_, queue_);
  while (!loop_.stopping()) {
    const auto event = connection.next(idle_wait, &wake_up_);
    loop_.still_up(Clock::now());
    if (!event) continue;
    if (const auto* delivery = std::get_if<Delivery>(&*event)) {
      channel.reject(delivery->tag, false);  // nothing is for it
    } else if (const auto* closed = std::get_if<ChannelClosed>(&*event)) {
      throw bridge::ConnectionLost("the broker has closed the channel that holds the name: " +
                                   std::to_string(closed->code) + " " + closed->reason);
    } else if (std::holds_alternative<ConsumerCancelled>(*event)) {
      throw bridge::ConnectionLost("the queue " + queue_ + ", which holds the name, was deleted");
    }
  }
}

}  // namespace orderflow::rabbitmq
