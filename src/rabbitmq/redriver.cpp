#include "rabbitmq/redriver.hpp"

#include "rabbitmq/client/channel.hpp"
#include "telemetry/log.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr auto redriver_idle_wait = 1'000ms;
constexpr std::size_t redrive_burst = 32;
constexpr std::size_t redriver_events_a_turn = 4'096;
constexpr int redriving_refused = 403;

telemetry::Logger& redriver_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

}  // namespace

Redriver::Redriver(RedriverOptions options, RedriverNode& node, Watchdog& watchdog,
                   std::unique_ptr<core::Random> random)
    : options_(std::move(options)),
      node_(node),
      watchdog_(watchdog),
      loop_({.activity = "redriving", .log = redriver_log(), .reconnect = options_.reconnect},
            *this, wake_up_, std::move(random)) {}

bool Redriver::redrive(events::Redrive again) {
  {
    const std::lock_guard lock(mutex_);
    if (told_.waiting >= options_.waiting_max) return false;
    ++told_.waiting;
    inbox_.push_back(std::move(again));
  }
  wake_up_.signal();
  return true;
}

void Redriver::stop() {
  loop_.stop();
}

bridge::RedriverStatus Redriver::status() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void Redriver::take_over() {
  std::vector<events::Redrive> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(inbox_);
  }
  for (events::Redrive& again : taken) {
    Open open{.messages = {}, .unconfirmed = 0, .done = std::move(again.done)};
    for (const events::RedrivenEvent& event : again.events) {
      auto messages = node_.publications_of(event, again.wanted_by);
      std::move(messages.begin(), messages.end(), std::back_inserter(open.messages));
    }
    open.unconfirmed = open.messages.size();
    if (open.messages.empty()) {
      if (open.done) open.done();
      continue;
    }
    const auto of = open_.insert(open_.end(), std::move(open));
    for (std::size_t index = 0; index < of->messages.size(); ++index)
      unsent_.push_back({of, index});
  }
}

bool Redriver::wait_for_work() {
  while (!loop_.stopping()) {
    wake_up_.clear();
    take_over();
    tell_progress();
    if (!open_.empty()) return true;
    pollfd source{.fd = wake_up_.descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&source, 1, static_cast<int>(redriver_idle_wait.count()));
  }
  return false;
}

void Redriver::start_again() {
  in_flight_.clear();
  unsent_.clear();
  next_tag_ = 1;
  for (auto of = open_.begin(); of != open_.end(); ++of) {
    of->unconfirmed = of->messages.size();
    for (std::size_t index = 0; index < of->messages.size(); ++index)
      unsent_.push_back({of, index});
  }
}

void Redriver::connect_and_serve() {
  if (!wait_for_work()) return;
  Connection connection(options_.connection, watchdog_);
  Channel channel(connection);
  channel.select_confirms();
  start_again();
  progress_at_ = Clock::now();
  loop_.connected();
  serve(connection, channel);
}

void Redriver::serve(Connection& connection, Channel& channel) {
  for (auto busy_at = Clock::now();;) {
    take_over();
    if (loop_.stopping()) return;
    const auto now = Clock::now();
    if (!open_.empty()) busy_at = now;
    if (now - busy_at > options_.idle_limit) return;
    send_some(connection, channel);
    const bool may_send =
        !unsent_.empty() && !connection.is_blocked() && in_flight_.size() < options_.confirm_window;
    if (const auto event = connection.next(may_send ? 0ms : redriver_idle_wait, &wake_up_)) {
      handle(*event);
      for (std::size_t i = 0; i < redriver_events_a_turn; ++i) {
        const auto further = connection.next(0ms);
        if (!further) break;
        handle(*further);
      }
    }
    tell_progress();
    require_progress(connection);
    if (in_flight_.empty()) progress_at_ = Clock::now();
    loop_.still_up(Clock::now());
  }
}

void Redriver::send_some(Connection& connection, Channel& channel) {
  for (std::size_t sent = 0; sent < redrive_burst && !unsent_.empty(); ++sent) {
    if (connection.is_blocked() || in_flight_.size() >= options_.confirm_window) return;
    const Message message = unsent_.front();
    unsent_.pop_front();
    const Publication& publication = message.of->messages[message.index];
    channel.publish(publication.route, publication.message, true);
    in_flight_.emplace(next_tag_++, message);
    ++status_.sent;
  }
}

void Redriver::handle(const ConnectionEvent& event) {
  progress_at_ = Clock::now();
  if (const auto* confirmed = std::get_if<Confirmed>(&event)) {
    confirm(*confirmed);
    loop_.worked();
  } else if (const auto* returned = std::get_if<Returned>(&event)) {
    // Its confirmation follows. The queue of a node that is gone is nobody's to wait for.
    ++status_.unroutable;
    redriver_log().warn("no such queue for an event that is sent again queue={} message={}",
                        returned->route.routing_key, returned->message.properties.message_id);
  } else if (const auto* closed = std::get_if<ChannelClosed>(&event)) {
    const std::string words =
        "the broker has closed the channel: " + std::to_string(closed->code) + " " + closed->reason;
    if (closed->code == redriving_refused) throw bridge::BrokerRefused(closed->code, words);
    throw bridge::ConnectionLost(words);
  } else if (std::holds_alternative<Nacked>(event)) {
    throw bridge::ConnectionLost("the broker could not take a message that is sent again");
  }
}

void Redriver::confirm(const Confirmed& confirmed) {
  const auto end = in_flight_.upper_bound(confirmed.tag);
  const auto begin = confirmed.multiple ? in_flight_.begin() : in_flight_.find(confirmed.tag);
  if (begin == in_flight_.end()) return;
  for (auto message = begin; message != end; ++message) {
    const Opens::iterator of = message->second.of;
    ++status_.confirmed;
    if (--of->unconfirmed > 0) continue;
    if (of->done) of->done();
    open_.erase(of);
  }
  in_flight_.erase(begin, end);
}

void Redriver::require_progress(const Connection& connection) const {
  if (in_flight_.empty() || connection.is_blocked()) return;
  if (Clock::now() - progress_at_ <= options_.connection.stuck_timeout) return;
  throw bridge::ConnectionLost("the broker has confirmed nothing for " +
                               std::to_string(options_.connection.stuck_timeout.count()) + " ms");
}

void Redriver::tell_progress() {
  const std::lock_guard lock(mutex_);
  status_.waiting = open_.size() + inbox_.size();
  told_ = status_;
}

}  // namespace orderflow::rabbitmq
