#include "events/effect_lane.hpp"

#include "events/turn_span.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"
#include "telemetry/tracer.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// Taken ahead of what runs, so that events held behind a slow key do not idle the others.
constexpr std::size_t taken_ahead = 512;
constexpr std::size_t events_a_batch = 256;
constexpr std::size_t retries_a_batch = 64;

const char* error_type_of(Outcome::Result result) noexcept {
  switch (result) {
    case Outcome::Result::unavailable:
      return "unavailable";
    case Outcome::Result::permanent_failure:
      return "permanent_failure";
    case Outcome::Result::success:
    case Outcome::Result::failure:
      break;
  }
  return "failure";
}

const telemetry::Span* span_of(const EffectRun& run) noexcept {
  return run.span ? &*run.span : nullptr;
}

// An effect that takes longer than this waits for its peer; a quicker one for this node's turn.
constexpr core::Duration slow_world = std::chrono::milliseconds{50};

}  // namespace

EffectLane::EffectLane(EffectSubscription subscription, LaneServices services, Timers& timers)
    : Lane(subscription.name, subscription.module, subscription.kinds, subscription.retry,
           subscription.order, services),
      subscription_(std::move(subscription)),
      timers_(timers),
      taken_max_(subscription_.concurrency + taken_ahead) {}

Gate EffectLane::gate() const {
  return subscription_.gate ? subscription_.gate()
                            : Gate{.in_flight_max = subscription_.concurrency};
}

bool EffectLane::may_take(const Gate& gate) const noexcept {
  return !stopping_ && !record_.paused && gate.in_flight_max > 0 && entries_.size() < taken_max_;
}

bool EffectLane::may_start(const Gate& gate) const noexcept {
  // An attempt that has outlived its deadline still holds what it holds: it counts.
  return !stopping_ && !record_.paused &&
         in_flight_ + overdue_ < std::min(subscription_.concurrency, gate.in_flight_max);
}

bool EffectLane::has_work(core::Timestamp now) const {
  if (!finished_.empty()) return true;
  if (!deadlines_.empty() && deadlines_.begin()->first <= now) return true;
  const Gate open = gate();
  if (may_take(open) && (feed_.pending() || retries_due(now))) return true;
  return may_start(open) && !ready_.empty();
}

std::optional<core::Timestamp> EffectLane::next_due() const {
  std::optional<core::Timestamp> due;
  const Gate open = gate();
  if (may_take(open)) due = next_due_;
  if (open.look_again_at) due = due ? std::min(*due, *open.look_again_at) : *open.look_again_at;
  if (!deadlines_.empty()) {
    due = due ? std::min(*due, deadlines_.begin()->first) : deadlines_.begin()->first;
  }
  return due;
}

void EffectLane::describe(LaneStatus& status) const {
  Lane::describe(status);
  status.in_flight = in_flight_;
  status.overdue = overdue_;
  status.held = gate().in_flight_max == 0;
}

Seq EffectLane::settled() const noexcept {
  for (const auto& [seq, entry] : entries_) {
    if (!entry.row) return Seq{seq.value() - 1};
  }
  return feed_.position();
}

bool EffectLane::waits_for_world() const noexcept {
  return record_.retrying > 0 || overdue_ > 0 || usual_duration_ > slow_world ||
         gate().in_flight_max < subscription_.concurrency;
}

void EffectLane::rehearse(storage::Connection& connection, const Event& event) {
  if (!subscription_.rehearse) {
    throw CannotRehearse("The effect " + name_ + " cannot tell what it would do.");
  }
  in_turn_of(connection, event, [&](Turn& turn) {
    const EffectContext context{"rehearsal", 1, turn.now() + subscription_.deadline, &timers_};
    if (subscription_.prepare && !subscription_.prepare(event, context, turn)) return;
    const Outcome outcome = subscription_.rehearse(event);
    if (outcome.completion()) outcome.completion()(turn);
  });
}

void EffectLane::run(storage::Connection& connection) {
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

void EffectLane::record_together(storage::Connection& connection,
                                 const std::vector<EffectRunPtr>& ended) {
  // A trace shows each turn by itself.
  if (ended.size() < 2 || services_.turns.tracer != nullptr) return;
  std::vector<EffectRun*> successes;
  for (const EffectRunPtr& run : ended) {
    const auto entry = entries_.find(run->event->meta().seq);
    if (entry != entries_.end() && entry->second.run == run &&
        run->outcome->result() == Outcome::Result::success && run->outcome->completion()) {
      successes.push_back(run.get());
    }
  }
  const bool recorded = try_together(connection, [&] {
    for (const EffectRun* run : successes)
      in_turn_of(connection, *run->event, run->outcome->completion());
  });
  for (EffectRun* run : successes)
    run->recorded = recorded;
}

void EffectLane::complete(storage::Connection& connection, const EffectRunPtr& run) {
  const auto entry = entries_.find(run->event->meta().seq);
  if (entry == entries_.end() || entry->second.run != run) {
    --overdue_;
    telemetry::log("events").warn("effect ended after its deadline subscription={} event={}", name_,
                                  run->event->meta().id.value().to_string());
    return;
  }
  --in_flight_;
  deadlines_.erase({run->context.deadline, entry->first});
  observe(run->ended_at - run->started_at);
  usual_duration_ += (run->ended_at - run->started_at - usual_duration_) / 16;
  const Speaking speaking(services_.turns, span_of(*run));
  if (run->outcome->result() == Outcome::Result::success) {
    succeed(connection, entry, *run);
  } else {
    fail(connection, entry, *run, *run->outcome);
  }
  end_span(*run);
}

void EffectLane::end_span(EffectRun& run) const {
  if (!run.span) return;
  run.span->end = run.ended_at;
  services_.turns.tracer->end(*std::exchange(run.span, std::nullopt));
}

Outcome EffectLane::Undone::as_outcome(std::string_view doing) const {
  const std::string text = std::string(doing) + ": " + error;
  return permanent ? Outcome::permanent_failure(text) : Outcome::failure(text);
}

std::optional<EffectLane::Undone> EffectLane::in_turn(storage::Connection& connection,
                                                      const Event& event,
                                                      const Outcome::Completion& body) {
  if (!body) return std::nullopt;
  const Outbox::Mark mark = services_.turns.outbox.mark();
  Undone undone{"it threw something that is not a std::exception", false};
  try {
    storage::Savepoint savepoint(connection);
    in_turn_of(connection, event, body);
    savepoint.keep();
    return std::nullopt;
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (const PermanentFailure& e) {
    undone = {e.what(), true};
  } catch (const std::exception& e) {
    undone = {e.what(), false};
  } catch (...) {
    // Said above.
  }
  services_.turns.outbox.roll_back_to(mark);
  return undone;
}

AttemptRecord EffectLane::attempt_record(const EffectRun& run,
                                         std::optional<std::string> error) const {
  return {run.context.attempt, run.started_at, run.ended_at - run.started_at, std::move(error)};
}

void EffectLane::succeed(storage::Connection& connection, Entries::iterator entry, EffectRun& run) {
  if (!run.recorded) {
    if (const auto undone = in_turn(connection, *run.event, run.outcome->completion())) {
      fail(connection, entry, run, undone->as_outcome("completion failed"));
      return;
    }
  }
  finish(connection, entry, run);
}

void EffectLane::finish(storage::Connection& connection, Entries::iterator entry,
                        const EffectRun& run) {
  ++record_.handled;
  dirty_ = true;
  const std::string key = run.event->meta().key;
  if (entry->second.row) {
    record_recovery(connection, *run.event, *entry->second.row, attempt_record(run, std::nullopt));
  } else {
    last_settled_ = std::max(last_settled_, run.event->meta().seq);
  }
  leave(entry);
  if (order_ == OrderPolicy::skip) return;
  leave_key(connection, key);
  if (!by_key_.contains(key)) release_next(connection, key);
}

void EffectLane::leave(Entries::iterator entry) {
  services_.following.done(*this, entry->first);
  entries_.erase(entry);
}

void EffectLane::leave_key(storage::Connection& connection, const std::string& key) {
  const auto lane = by_key_.find(key);
  lane->second.pop_front();
  if (lane->second.empty()) {
    by_key_.erase(lane);
    return;
  }
  const Seq next = lane->second.front();
  Entry& entry = entries_.at(next);
  entry.phase = Phase::ready;
  ready_.push_back(next);
  if (!entry.row || entry.row->state != DeliveryState::parked) return;
  // At once, not when it starts: a restart resumes what runs, and nothing would release this one.
  store_.move(connection, next, DeliveryState::parked, DeliveryState::running, std::nullopt);
  entry.row->state = DeliveryState::running;
}

Lane::Failure EffectLane::failure_of(const Outcome& outcome) noexcept {
  switch (outcome.result()) {
    case Outcome::Result::unavailable:
      return Failure::forgiven;
    case Outcome::Result::permanent_failure:
      return Failure::final;
    case Outcome::Result::success:
    case Outcome::Result::failure:
      break;
  }
  return Failure::counted;
}

void EffectLane::fail(storage::Connection& connection, Entries::iterator entry, EffectRun& run,
                      const Outcome& outcome) {
  if (run.span) run.span->fail(error_type_of(outcome.result()));
  if (const auto undone = in_turn(connection, *run.event, outcome.completion())) {
    telemetry::log("events").error("recording a failed attempt failed subscription={} error=\"{}\"",
                                   name_, undone->error);
  }
  const DeliveryState state = record_failure(connection, *run.event, entry->second.row,
                                             attempt_record(run, outcome.error()),
                                             failure_of(outcome), outcome.not_before());
  if (state == DeliveryState::dead) give_up(connection, *run.event, outcome.error());
  last_settled_ = std::max(last_settled_, run.event->meta().seq);
  const std::string key = run.event->meta().key;
  leave(entry);
  if (order_ == OrderPolicy::park) park_followers(connection, key);
}

void EffectLane::give_up(storage::Connection& connection, const Event& event,
                         const std::string& error) {
  if (!subscription_.given_up) return;
  const auto body = [&](Turn& turn) { subscription_.given_up(event, error, turn); };
  if (const auto undone = in_turn(connection, event, body)) {
    telemetry::log("events").error("giving up failed subscription={} event={} error=\"{}\"", name_,
                                   event.meta().id.value().to_string(), undone->error);
  }
}

void EffectLane::park_followers(storage::Connection& connection, const std::string& key) {
  const auto lane = by_key_.extract(key);
  const core::Timestamp now = services_.turns.clock.now();
  // The first is the one that has just failed.
  for (auto seq = std::next(lane.mapped().begin()); seq != lane.mapped().end(); ++seq) {
    const auto entry = entries_.find(*seq);
    if (!entry->second.row) {
      store_.insert(connection, *entry->second.event, DeliveryState::parked, now);
      last_settled_ = std::max(last_settled_, *seq);
    }
    leave(entry);
  }
}

void EffectLane::expire_overdue(storage::Connection& connection) {
  const core::Timestamp now = services_.turns.clock.now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto entry = entries_.find(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    --in_flight_;
    ++overdue_;
    // The attempt itself still runs: its outcome belongs to the other thread.
    const EffectRunPtr run = entry->second.run;
    EffectRun expired{this,
                      &subscription_,
                      run->event,
                      run->context,
                      run->started_at,
                      now,
                      std::nullopt,
                      std::exchange(run->span, std::nullopt)};
    if (expired.span) expired.span->fail("deadline");
    const Speaking speaking(services_.turns, span_of(expired));
    fail(connection, entry, expired, Outcome::failure("the deadline of the attempt has passed"));
    end_span(expired);
  }
}

void EffectLane::load_due_retries(storage::Connection& connection) {
  const std::size_t room = std::min(retries_a_batch, taken_max_ - entries_.size());
  for (const DueDelivery& due : store_.due(connection, services_.turns.clock.now(), room)) {
    store_.move(connection, due.seq, DeliveryState::retrying, DeliveryState::running, std::nullopt);
    admit(event_of(connection, due), Row{DeliveryState::running, due.attempts});
  }
  refresh_next_due(connection);
  dirty_ = true;
}

void EffectLane::take_new(storage::Connection& connection) {
  const std::size_t room = std::min(events_a_batch, taken_max_ - entries_.size());
  for (EventPtr& event : feed_.take(connection, room)) {
    if (order_ == OrderPolicy::park && store_.blocks(connection, event->meta().key)) {
      store_.insert(connection, *event, DeliveryState::parked, services_.turns.clock.now());
      last_settled_ = std::max(last_settled_, event->meta().seq);
      services_.following.done(*this, event->meta().seq);
      dirty_ = true;
    } else {
      admit(std::move(event), std::nullopt);
    }
  }
}

void EffectLane::admit(EventPtr event, std::optional<Row> row) {
  const Seq seq = event->meta().seq;
  Phase phase = Phase::ready;
  if (order_ == OrderPolicy::park) {
    auto& lane = by_key_[event->meta().key];
    lane.push_back(seq);
    if (lane.size() > 1) phase = Phase::held;
  }
  entries_.emplace(seq, Entry{std::move(event), phase, row});
  if (phase == Phase::ready) ready_.push_back(seq);
}

void EffectLane::start_ready(storage::Connection& connection, const Gate& open) {
  bool together = true;
  while (!ready_.empty() && may_start(open)) {
    // Where it fails once each is by itself, or one that always throws would be tried with each.
    together = together && start_together(connection, open);
    if (together) continue;
    const auto entry = entries_.find(ready_.front());
    ready_.pop_front();
    const EffectRunPtr run = make_run(entry);
    if (!subscription_.prepare || prepare(connection, entry, *run)) launch(entry, run);
  }
}

bool EffectLane::start_together(storage::Connection& connection, const Gate& open) {
  const std::size_t room =
      std::min(subscription_.concurrency, open.in_flight_max) - in_flight_ - overdue_;
  const std::size_t count = std::min(room, ready_.size());
  // A trace shows each turn by itself.
  if (count < 2 || !subscription_.prepare || services_.turns.tracer != nullptr) return false;
  std::vector<EffectRunPtr> runs;
  std::vector<bool> wanted;
  const bool prepared = try_together(connection, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      const EffectRunPtr& run = runs.emplace_back(make_run(entries_.find(ready_[i])));
      in_turn_of(connection, *run->event, [&](Turn& turn) {
        wanted.push_back(subscription_.prepare(*run->event, run->context, turn));
      });
    }
  });
  if (!prepared) return false;
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = entries_.find(runs[i]->event->meta().seq);
    if (wanted[i]) {
      launch(entry, std::move(runs[i]));
    } else {
      runs[i]->ended_at = services_.turns.clock.now();
      finish(connection, entry, *runs[i]);
    }
  }
  return true;
}

EffectRunPtr EffectLane::make_run(Entries::const_iterator entry) {
  const Entry& taken = entry->second;
  const EventMeta& meta = taken.event->meta();
  const core::Timestamp now = services_.turns.clock.now();
  const int attempt = taken.row ? taken.row->attempts.failed + 1 : 1;
  auto run = std::make_shared<EffectRun>(
      EffectRun{this, &subscription_, taken.event,
                EffectContext{meta.id.value().to_string() + ":" + name_, attempt,
                              now + subscription_.deadline, &timers_},
                now});
  run->span =
      processing_span(services_.turns, telemetry::SpanKind::client, name_, *taken.event, attempt);
  return run;
}

void EffectLane::launch(Entries::iterator entry, EffectRunPtr run) {
  entry->second.phase = Phase::running;
  entry->second.run = run;
  deadlines_.emplace(run->context.deadline, entry->first);
  launches_.push_back(std::move(run));
  ++in_flight_;
}

bool EffectLane::prepare(storage::Connection& connection, Entries::iterator entry, EffectRun& run) {
  bool wanted = false;
  const auto body = [&](Turn& turn) {
    wanted = subscription_.prepare(*run.event, run.context, turn);
  };
  const Speaking speaking(services_.turns, span_of(run));
  const auto undone = in_turn(connection, *run.event, body);
  run.ended_at = services_.turns.clock.now();
  if (undone) {
    fail(connection, entry, run, undone->as_outcome("preparing the attempt failed"));
  } else if (!wanted) {
    finish(connection, entry, run);
  }
  if (undone || !wanted) end_span(run);
  return !undone && wanted;
}

Seq EffectLane::settle(storage::Connection& connection) {
  for (auto& [seq, entry] : entries_) {
    if (entry.row) continue;
    if (seq > last_settled_) return Seq{seq.value() - 1};
    const DeliveryState state =
        entry.phase == Phase::held ? DeliveryState::parked : DeliveryState::running;
    store_.insert(connection, *entry.event, state, services_.turns.clock.now());
    entry.row = Row{state, {}};
    dirty_ = true;
  }
  return feed_.position();
}

}  // namespace orderflow::events
