#include "events/remote/relay_runner.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::events {
namespace {

// What is confirmed and not in the durable cursor goes out again after a crash. A commit for each
// confirm would cost more.
constexpr std::size_t unsaved_max = 256;
constexpr core::Duration unsaved_for_max = std::chrono::milliseconds{100};

}  // namespace

RelayRunner::RelayRunner(RelaySubscription subscription, std::vector<std::string> kinds,
                         RunnerServices services)
    // No event comes for a module of this name: events of other nodes are not for the relay.
    : SubscriptionRunner(subscription.name, std::string(bridge_module), std::move(kinds), {},
                         OrderPolicy::skip, services),
      subscription_(std::move(subscription)) {}

bool RelayRunner::may_hand_over() const noexcept {
  return !record_.paused && feed_.pending() && under_way_.size() < subscription_.window;
}

bool RelayRunner::has_work(core::Timestamp) const {
  return may_hand_over() || unsaved_ >= unsaved_max ||
         (save_at_ && *save_at_ <= services_.turns.clock.steady());
}

std::optional<core::Timestamp> RelayRunner::next_due() const {
  if (!save_at_) return std::nullopt;
  return services_.turns.clock.now() + (*save_at_ - services_.turns.clock.steady());
}

void RelayRunner::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  status.in_flight = under_way_.size();
}

Seq RelayRunner::finished_to() const noexcept {
  return under_way_.empty() ? feed_.position() : Seq{under_way_.front().value() - 1};
}

void RelayRunner::apply(storage::Connection&, const Event&) {
  throw DryRunNotPossible("What leaves the node cannot be tried without leaving it.");
}

void RelayRunner::run(storage::Connection& connection) {
  if (unsaved_ > 0) {
    dirty_ = true;
    unsaved_ = 0;
    save_at_.reset();
  }
  if (!may_hand_over()) return;
  const std::size_t room = subscription_.window - under_way_.size();
  EventList events = feed_.take(connection, std::min(room, events_a_run));
  for (const EventPtr& event : events)
    under_way_.push_back(event->meta().seq);
  taken_.insert(taken_.end(), std::make_move_iterator(events.begin()),
                std::make_move_iterator(events.end()));
}

void RelayRunner::hand_over() {
  if (!taken_.empty()) subscription_.sink->relay(std::exchange(taken_, {}));
}

void RelayRunner::confirm(Seq upto) {
  const std::lock_guard lock(mutex_);
  confirmed_ = std::max(confirmed_.value_or(upto), upto);
}

bool RelayRunner::take_confirms() {
  std::optional<Seq> upto;
  {
    const std::lock_guard lock(mutex_);
    upto.swap(confirmed_);
  }
  if (!upto) return false;
  while (!under_way_.empty() && under_way_.front() <= *upto) {
    services_.causal_tracker.done(*this, under_way_.front());
    under_way_.pop_front();
    ++record_.handled;
    ++unsaved_;
  }
  if (unsaved_ > 0 && !save_at_) save_at_ = services_.turns.clock.steady() + unsaved_for_max;
  return true;
}

}  // namespace orderflow::events
