#include "events/delivery/effect_subscription_runner.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// Taken ahead of what runs, so that events held behind a slow key do not idle the others.
constexpr std::size_t taken_ahead = 512;
constexpr std::size_t retries_a_batch = 64;

// An effect that takes longer than this waits for its peer; a quicker one for this node's turn.
constexpr core::Duration slow_world = std::chrono::milliseconds{50};

}  // namespace

EffectSubscriptionRunner::EffectSubscriptionRunner(EffectSubscription subscription,
                                                   RunnerServices services, Timers& timers)
    : SubscriptionRunner(subscription.name, subscription.module, subscription.kinds,
                         subscription.retry, subscription.order, services),
      subscription_(std::move(subscription)),
      timers_(timers),
      taken_max_(subscription_.concurrency + taken_ahead) {}

Gate EffectSubscriptionRunner::gate() const {
  return subscription_.gate ? subscription_.gate()
                            : Gate{.in_flight_max = subscription_.concurrency};
}

bool EffectSubscriptionRunner::may_take(const Gate& gate) const noexcept {
  return !stopping_ && !record_.paused && gate.in_flight_max > 0 && entries_.size() < taken_max_;
}

bool EffectSubscriptionRunner::may_start(const Gate& gate) const noexcept {
  // An attempt that has outlived its deadline still holds what it holds: it counts.
  return !stopping_ && !record_.paused &&
         in_flight_ + overdue_ < std::min(subscription_.concurrency, gate.in_flight_max);
}

bool EffectSubscriptionRunner::has_work(core::Timestamp now) const {
  if (!finished_.empty()) return true;
  if (!deadlines_.empty() && deadlines_.begin()->first <= services_.turns.clock.steady())
    return true;
  const Gate open = gate();
  if (may_take(open) && (feed_.pending() || retries_due(now))) return true;
  return may_start(open) && !ready_.empty();
}

std::optional<core::Timestamp> EffectSubscriptionRunner::next_due() const {
  std::optional<core::Timestamp> due;
  const Gate open = gate();
  if (may_take(open)) due = next_due_;
  if (open.look_again_at) due = due ? std::min(*due, *open.look_again_at) : *open.look_again_at;
  if (!deadlines_.empty()) {
    const core::Clock& clock = services_.turns.clock;
    const core::Timestamp expiry = clock.now() + (deadlines_.begin()->first - clock.steady());
    due = due ? std::min(*due, expiry) : expiry;
  }
  return due;
}

void EffectSubscriptionRunner::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  status.in_flight = in_flight_;
  status.overdue = overdue_;
  status.gate_closed = gate().in_flight_max == 0;
}

Seq EffectSubscriptionRunner::finished_to() const noexcept {
  for (const auto& [seq, entry] : entries_) {
    if (!entry.row) return Seq{seq.value() - 1};
  }
  return feed_.position();
}

bool EffectSubscriptionRunner::waits_for_peer() const noexcept {
  return record_.retrying > 0 || overdue_ > 0 || usual_duration_ > slow_world ||
         gate().in_flight_max < subscription_.concurrency;
}

void EffectSubscriptionRunner::apply(storage::Connection& connection, const Event& event) {
  require_permitted(event);
  if (!subscription_.assumed_result) {
    throw DryRunNotPossible("The effect " + name_ + " cannot tell what it would do.");
  }
  in_turn_of(connection, event, [&](Turn& turn) {
    EffectContext context{"rehearsal", 1, services_.turns.clock.steady() + subscription_.deadline,
                          &timers_};
    if (subscription_.prepare && !subscription_.prepare(event, context, turn)) return;
    const AttemptResult result = subscription_.assumed_result(event);
    if (result.completion()) result.completion()(turn);
  });
}

void EffectSubscriptionRunner::run(storage::Connection& connection) {
  const std::vector<EffectRunPtr> ended = std::exchange(finished_, {});
  record_together(connection, ended);
  for (const EffectRunPtr& run : ended)
    complete(connection, run);
  expire_overdue(connection);
  const Gate open = gate();
  if (may_take(open) && retries_due(services_.turns.clock.now())) load_due_retries(connection);
  if (may_take(open) && feed_.pending()) take_new(connection);
  start_ready(connection, open);
}

void EffectSubscriptionRunner::leave(Entries::iterator entry) {
  services_.causal_tracker.done(*this, entry->first);
  entries_.erase(entry);
}

void EffectSubscriptionRunner::leave_key(storage::Connection& connection, const std::string& key) {
  const auto queue = by_key_.find(key);
  queue->second.pop_front();
  if (queue->second.empty()) {
    by_key_.erase(queue);
    return;
  }
  const Seq next = queue->second.front();
  Entry& entry = entries_.at(next);
  entry.phase = Phase::ready;
  ready_.push_back(next);
  if (!entry.row || entry.row->state != DeliveryState::parked) return;
  // At once, not when it starts: a restart resumes what runs, and nothing would release this one.
  store_.move(connection, next, DeliveryState::parked, DeliveryState::running, std::nullopt);
  entry.row->state = DeliveryState::running;
}

void EffectSubscriptionRunner::park_followers(storage::Connection& connection,
                                              const std::string& key) {
  const auto queue = by_key_.extract(key);
  const core::Timestamp now = services_.turns.clock.now();
  // The first is the one that has just failed.
  for (auto seq = std::next(queue.mapped().begin()); seq != queue.mapped().end(); ++seq) {
    const auto entry = entries_.find(*seq);
    if (!entry->second.row) {
      store_.insert(connection, *entry->second.event, DeliveryState::parked, now);
      last_finished_ = std::max(last_finished_, *seq);
    }
    leave(entry);
  }
}

void EffectSubscriptionRunner::load_due_retries(storage::Connection& connection) {
  const std::size_t room = std::min(retries_a_batch, taken_max_ - entries_.size());
  for (const DueDelivery& due : take_due(connection, room)) {
    store_.move(connection, due.seq, DeliveryState::retrying, DeliveryState::running, std::nullopt);
    admit(event_of(connection, due), Row{DeliveryState::running, due.attempts});
  }
  refresh_next_due(connection);
  dirty_ = true;
}

void EffectSubscriptionRunner::take_new(storage::Connection& connection) {
  const std::size_t room = std::min(events_a_run, taken_max_ - entries_.size());
  for (EventPtr& event : feed_.take(connection, room)) {
    if (order_ == OrderPolicy::park && store_.blocks(connection, event->meta().key)) {
      store_.insert(connection, *event, DeliveryState::parked, services_.turns.clock.now());
      last_finished_ = std::max(last_finished_, event->meta().seq);
      services_.causal_tracker.done(*this, event->meta().seq);
      dirty_ = true;
    } else {
      admit(std::move(event), std::nullopt);
    }
  }
}

void EffectSubscriptionRunner::admit(EventPtr event, std::optional<Row> row) {
  const Seq seq = event->meta().seq;
  Phase phase = Phase::ready;
  if (order_ == OrderPolicy::park) {
    auto& queue = by_key_[event->meta().key];
    queue.push_back(seq);
    if (queue.size() > 1) phase = Phase::behind_key;
  }
  entries_.emplace(seq, Entry{std::move(event), phase, row});
  if (phase == Phase::ready) ready_.push_back(seq);
}

Seq EffectSubscriptionRunner::finish_to(storage::Connection& connection) {
  for (auto& [seq, entry] : entries_) {
    if (entry.row) continue;
    if (seq > last_finished_) return Seq{seq.value() - 1};
    const DeliveryState state =
        entry.phase == Phase::behind_key ? DeliveryState::parked : DeliveryState::running;
    store_.insert(connection, *entry.event, state, services_.turns.clock.now());
    entry.row = Row{state, {}};
    dirty_ = true;
  }
  return feed_.position();
}

}  // namespace orderflow::events
