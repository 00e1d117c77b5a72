#include "rabbitmq/publisher.hpp"

#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/reply_codes.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

// So often confirms are looked at while publishing: rarely enough to cost little, and often enough
// to see an alarm before much is sent into it.
constexpr std::size_t publish_burst = 32;
constexpr std::size_t connection_events_a_turn = 4'096;
constexpr auto publisher_idle_wait = 1'000ms;

telemetry::Logger& publisher_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

std::unique_ptr<core::Random> child_of(core::Random& random) {
  return std::make_unique<core::SeededRandom>(random.next());
}

}  // namespace

Publisher::Publisher(PublisherOptions options, PublisherNode& node, Watchdog& watchdog,
                     std::unique_ptr<core::Random> random)
    : options_(std::move(options)),
      node_(node),
      watchdog_(watchdog),
      brokers_(options_.connection, random->next()),
      watch_({.connection = options_.watching,
              .node = options_.node,
              .first_broker = random->next(),
              .look_every = options_.look_every},
             node, ledger_, watchdog),
      deferred_pause_(options_.reconnect, child_of(*random)),
      loop_({.activity = "publishing",
             .log = publisher_log(),
             .reconnect = options_.reconnect,
             .gate = options_.gate},
            *this, wake_up_, std::move(random)) {}

void Publisher::relay(events::EventList events) {
  if (events.empty()) return;
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = inbox_.empty();
    told_.outstanding += events.size();
    if (was_empty) {
      inbox_ = std::move(events);
    } else {
      std::move(events.begin(), events.end(), std::back_inserter(inbox_));
    }
  }
  if (was_empty) wake_up_.signal();
}

void Publisher::stop(std::chrono::milliseconds limit) {
  {
    const std::lock_guard lock(mutex_);
    end_at_ = Clock::now() + limit;
  }
  loop_.stop();
}

bridge::PublisherStatus Publisher::status() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void Publisher::state_changed() {
  status_.state = loop_.state();
  status_.message = loop_.reason();
  status_.reconnects = loop_.reconnects();
  tell_progress();
}

void Publisher::connect_and_serve() {
  watch_.disconnect();
  const ConnectionOptions& broker = brokers_.next();
  Connection connection(broker, watchdog_);
  node_.prepare(connection);
  Channel channel(connection);
  channel.select_confirms();
  ledger_.start_again();
  retry_deferred_at_.reset();
  deferred_pause_.worked();
  progress_at_ = Clock::now();
  watch_.begin();
  loop_.connected();
  publisher_log().info("publishing to broker={} version={}", broker.address.shown(),
                       connection.server_version());
  serve(connection, channel);
}

void Publisher::serve(Connection& connection, Channel& channel) {
  for (;;) {
    take_over();
    if (may_end()) return;
    loop_.require_open_gate();
    retry_deferred_when_due();
    const std::size_t published = publish_some(connection, channel);
    if (published < publish_burst) {
      if (const auto event = connection.next(wait_limit(), &wake_up_)) handle(*event);
    }
    drain(connection);
    tell_progress();
    look_after_confirms(connection);
    if (!loop_.stopping()) watch_.look();  // nobody waits for a broker that does not answer
  }
}

void Publisher::look_after_confirms(const Connection& connection) {
  const auto now = Clock::now();
  if (ledger_.in_flight() == 0 || connection.is_blocked()) {
    progress_at_ = now;
    loop_.still_up(now);
  } else if (now - progress_at_ > options_.connection.stuck_timeout) {
    // A queue without a leader takes messages and says nothing, on a connection that is well.
    throw bridge::ConnectionLost("the broker has confirmed nothing for " +
                                 std::to_string(options_.connection.stuck_timeout.count()) + " ms");
  }
}

void Publisher::take_over() {
  events::EventList events;
  {
    const std::lock_guard lock(mutex_);
    events.swap(inbox_);
  }
  for (events::EventPtr& event : events)
    ledger_.add(std::move(event));
}

bool Publisher::may_end() const {
  if (!loop_.stopping()) return false;
  const std::lock_guard lock(mutex_);
  return (ledger_.empty() && inbox_.empty()) || Clock::now() >= end_at_;
}

std::size_t Publisher::publish_some(Connection& connection, Channel& channel) {
  std::size_t published = 0;
  while (published < publish_burst && !connection.is_blocked() &&
         ledger_.in_flight() < options_.confirm_window && !watch_.is_full()) {
    const auto position = ledger_.next();
    if (!position) break;
    publish(channel, *position);
    ++published;
  }
  return published;
}

void Publisher::publish(Channel& channel, bridge::ConfirmLedger::Position position) {
  const events::Event& event = ledger_.event(position);
  try {
    send(channel, position, node_.publication_of(event));
  } catch (const bridge::BrokerError&) {
    throw;
  } catch (const std::exception& error) {
    throw std::runtime_error("event " + event.meta().id.value().to_string() + " of kind " +
                             event.meta().kind + " cannot be published: " + error.what());
  }
}

void Publisher::send(Channel& channel, bridge::ConfirmLedger::Position position,
                     const Publication& publication) {
  const std::uint64_t before = status_.published;
  unsigned index = 0;
  for (const Recipient* recipient : publication.recipients)
    send_copy(channel, position, index++, *recipient, publication.message);
  if (publication.listeners && ledger_.wants(position, index)) {
    channel.publish(*publication.listeners, publication.message, publication.reports_unheard);
    ledger_.sent(position, {.index = index});
    ++status_.published;
  }
  if (status_.published == before) ledger_.needs_nothing(position);
}

void Publisher::send_copy(Channel& channel, bridge::ConfirmLedger::Position position,
                          unsigned index, const Recipient& recipient,
                          const bridge::Message& message) {
  if (!ledger_.wants(position, index)) return;
  watch_.meet(recipient);
  channel.publish(recipient.route, message, true);
  ledger_.sent(position, {.index = index, .recipient = recipient.number});
  ++status_.published;
}

void Publisher::drain(Connection& connection) {
  for (std::size_t i = 0; i < connection_events_a_turn; ++i) {
    const auto event = connection.next(0ms);
    if (!event) return;
    handle(*event);
  }
}

void Publisher::handle(const ConnectionEvent& event) {
  progress_at_ = Clock::now();
  if (const auto* confirmed = std::get_if<Confirmed>(&event)) {
    status_.confirmed += ledger_.confirm(confirmed->tag, confirmed->multiple);
    watch_.remember_taken();
    loop_.worked();
  } else if (const auto* nacked = std::get_if<Nacked>(&event)) {
    status_.nacked += ledger_.nack(nacked->tag, nacked->multiple);
  } else if (const auto* returned = std::get_if<Returned>(&event)) {
    handle_return(*returned);
  } else if (const auto* blocked = std::get_if<Blocked>(&event)) {
    publisher_log().warn("the broker takes no messages reason=\"{}\"", blocked->reason);
    loop_.blocked("the broker takes no messages: " + blocked->reason);
  } else if (std::holds_alternative<Unblocked>(event)) {
    publisher_log().info("the broker takes messages again");
    loop_.unblocked();
  } else if (const auto* closed = std::get_if<ChannelClosed>(&event)) {
    handle_channel_closed(*closed);
  }
}

void Publisher::handle_return(const Returned& returned) {
  ++status_.returned;
  const std::string& text = returned.message.properties.message_id;
  const auto id = core::Uuid::parse(text);
  const std::uint32_t recipient = watch_.returned(returned.route);
  if (!id || !ledger_.returned(events::EventId(*id), recipient)) {
    throw bridge::ConnectionLost("the broker has returned a message that is not under way: " +
                                 text);
  }
}

void Publisher::handle_channel_closed(const ChannelClosed& closed) {
  const std::string words =
      "the broker has closed the channel: " + std::to_string(closed.code) + " " + closed.reason;
  if (closed.code == access_refused || closed.code == precondition_failed) {
    throw bridge::BrokerRefused(closed.code, words);
  }
  throw bridge::ConnectionLost(words);
}

void Publisher::retry_deferred_when_due() {
  if (ledger_.deferred() == 0) {
    if (retry_deferred_at_) {
      deferred_pause_.worked();
      retry_deferred_at_.reset();
    }
    return;
  }
  if (!retry_deferred_at_) {
    retry_deferred_at_ = Clock::now() + deferred_pause_.after_failure();
  } else if (*retry_deferred_at_ <= Clock::now()) {
    ledger_.retry_deferred();
    retry_deferred_at_ = Clock::now() + deferred_pause_.after_failure();
  }
}

void Publisher::tell_progress() {
  if (const auto upto = ledger_.take_prefix()) node_.confirmed(*upto);
  status_.deferred = ledger_.deferred();
  status_.lost = watch_.lost();
  const std::lock_guard lock(mutex_);
  status_.outstanding = ledger_.outstanding() + inbox_.size();
  told_ = status_;
}

std::chrono::milliseconds Publisher::wait_limit() const {
  auto until = std::min(watch_.next(), Clock::now() + publisher_idle_wait);
  if (retry_deferred_at_) until = std::min(until, *retry_deferred_at_);
  if (ledger_.in_flight() > 0) {
    until = std::min(
        until, std::max(progress_at_ + options_.connection.stuck_timeout, Clock::now() + 10ms));
  }
  if (loop_.stopping()) {
    const std::lock_guard lock(mutex_);
    until = std::min(until, end_at_);
  }
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()), 0ms);
}

}  // namespace orderflow::rabbitmq
