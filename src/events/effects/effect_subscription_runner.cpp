#include "events/effects/effect_subscription_runner.hpp"

#include "core/invariant.hpp"
#include "events/turn/turn_span.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// Taken ahead of what runs, so that events held behind a slow key do not idle the others.
constexpr std::size_t taken_ahead = 512;
constexpr std::size_t retries_a_batch = 64;

// An effect that takes longer than this waits for its peer; a quicker one for this node's turn.
constexpr core::Duration slow_world = std::chrono::milliseconds{50};

AttemptRecord attempt_record(const EffectRun& run, std::optional<std::string> error) {
  return {run.context.attempt, run.started_at, run.ended_at - run.started_at, std::move(error)};
}

}  // namespace

EffectSubscriptionRunner::EffectSubscriptionRunner(EffectSubscription subscription,
                                                   RunnerServices services, Timers& timers,
                                                   AttemptExchange& exchange)
    : SubscriptionRunner(subscription.name, subscription.module, subscription.kinds,
                         subscription.retry, subscription.order, services),
      subscription_(std::move(subscription)),
      taken_max_(subscription_.concurrency + taken_ahead),
      taken_(subscription_.order),
      turns_(subscription_, services.turns, timers),
      exchange_(exchange) {}

Gate EffectSubscriptionRunner::gate() const {
  return subscription_.gate ? subscription_.gate()
                            : Gate{.in_flight_max = subscription_.concurrency};
}

bool EffectSubscriptionRunner::may_take(const Gate& gate) const noexcept {
  return !stopping_ && !record_.paused && gate.in_flight_max > 0 && taken_.size() < taken_max_;
}

bool EffectSubscriptionRunner::may_start(const Gate& gate) const noexcept {
  return !stopping_ && !record_.paused && running_.slots_held() < slots(gate);
}

bool EffectSubscriptionRunner::has_work(core::Timestamp now) const {
  if (!ended_.empty() || running_.has_expired(services_.turns.clock.steady())) return true;
  const Gate open = gate();
  if (may_take(open) && (feed_.pending() || retries_due(now))) return true;
  return may_start(open) && taken_.ready_count() > 0;
}

std::optional<core::Timestamp> EffectSubscriptionRunner::next_due() const {
  std::optional<core::Timestamp> due;
  const Gate open = gate();
  if (may_take(open)) due = next_due_;
  if (open.look_again_at) due = due ? std::min(*due, *open.look_again_at) : *open.look_again_at;
  if (const auto deadline = running_.next_deadline()) {
    const core::Clock& clock = services_.turns.clock;
    const core::Timestamp expiry = clock.now() + (*deadline - clock.steady());
    due = due ? std::min(*due, expiry) : expiry;
  }
  return due;
}

void EffectSubscriptionRunner::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  status.in_flight = running_.in_flight();
  status.overdue = running_.overdue();
  status.gate_closed = gate().in_flight_max == 0;
}

Seq EffectSubscriptionRunner::finished_to() const noexcept {
  const auto open = taken_.first_without_row();
  return open ? Seq{open->value() - 1} : feed_.position();
}

bool EffectSubscriptionRunner::waits_for_peer() const noexcept {
  return record_.retrying > 0 || running_.overdue() > 0 || running_.usual_duration() > slow_world ||
         gate().in_flight_max < subscription_.concurrency;
}

void EffectSubscriptionRunner::run(storage::Connection& connection) {
  const std::vector<EffectRunPtr> ended = std::exchange(ended_, {});
  complete_together(connection, ended);
  for (const EffectRunPtr& run : ended)
    end_attempt(connection, run);
  expire_overdue(connection);
  const Gate open = gate();
  if (may_take(open) && retries_due(services_.turns.clock.now())) take_due_retries(connection);
  if (may_take(open) && feed_.pending()) take_new(connection);
  start_ready(connection, open);
}

void EffectSubscriptionRunner::take_new(storage::Connection& connection) {
  const std::size_t room = std::min(events_a_run, taken_max_ - taken_.size());
  for (EventPtr& event : feed_.take(connection, room)) {
    if (order_ == OrderPolicy::park && store_.blocks(connection, event->meta().key)) {
      store_.insert(connection, *event, DeliveryState::parked, services_.turns.clock.now());
      last_finished_ = std::max(last_finished_, event->meta().seq);
      services_.causal_tracker.left_to_row(*this, event->meta().seq);
      dirty_ = true;
    } else {
      taken_.admit(std::move(event), std::nullopt);
    }
  }
}

void EffectSubscriptionRunner::take_due_retries(storage::Connection& connection) {
  const std::size_t room = std::min(retries_a_batch, taken_max_ - taken_.size());
  for (const DueDelivery& due : take_due(connection, room)) {
    store_.move(connection, due.seq, DeliveryState::retrying, DeliveryState::running, std::nullopt);
    taken_.admit(event_of(connection, due), Row{DeliveryState::running, due.attempts});
  }
  refresh_next_due(connection);
  dirty_ = true;
}

void EffectSubscriptionRunner::let_next_of_key_run(storage::Connection& connection,
                                                   const EventMeta& finished) {
  TakenEvent* const next = taken_.let_next_run(finished);
  if (next == nullptr) {
    release_next(connection, finished.key);
  } else if (next->row && next->row->state == DeliveryState::parked) {
    // At once, not when it starts: a restart resumes what runs, and nothing would release this one.
    store_.move(connection, next->event->meta().seq, DeliveryState::parked, DeliveryState::running,
                std::nullopt);
    next->row->state = DeliveryState::running;
  }
}

void EffectSubscriptionRunner::park_followers(storage::Connection& connection,
                                              const EventMeta& failed) {
  for (const Seq seq : taken_.take_followers(failed)) {
    const auto entry = taken_.taken(seq);
    if (!entry->second.row) {
      store_.insert(connection, *entry->second.event, DeliveryState::parked,
                    services_.turns.clock.now());
      last_finished_ = std::max(last_finished_, seq);
    }
    services_.causal_tracker.left_to_row(*this, seq);
    taken_.erase(entry);
  }
}

Seq EffectSubscriptionRunner::finish_to(storage::Connection& connection) {
  for (auto& [seq, entry] : taken_) {
    if (entry.row) continue;
    if (seq > last_finished_) return Seq{seq.value() - 1};
    const DeliveryState state = entry.phase == TakenEvent::Phase::behind_key
                                    ? DeliveryState::parked
                                    : DeliveryState::running;
    store_.insert(connection, *entry.event, state, services_.turns.clock.now());
    entry.row = Row{state, {}};
    dirty_ = true;
  }
  return feed_.position();
}

void EffectSubscriptionRunner::start_ready(storage::Connection& connection, const Gate& open) {
  bool together = true;
  while (taken_.ready_count() > 0 && may_start(open)) {
    // Where it fails once each is by itself, or one that always throws would be tried with each.
    together = together && start_together(connection, open);
    if (together) continue;
    const auto entry = taken_.ready(0);
    taken_.pop_ready(1);
    start_alone(connection, entry);
  }
}

bool EffectSubscriptionRunner::start_together(storage::Connection& connection, const Gate& open) {
  const std::size_t count = std::min(slots(open) - running_.slots_held(), taken_.ready_count());
  // A trace shows each turn by itself.
  if (count < 2 || !subscription_.prepare || services_.turns.tracer != nullptr) return false;
  std::vector<EffectRunPtr> runs;
  std::vector<bool> wanted;
  const bool prepared = try_together(connection, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      const EffectRunPtr& run = runs.emplace_back(make_run(taken_.ready(i)->second));
      wanted.push_back(turns_.prepare(connection, *run));
    }
  });
  if (!prepared) return false;
  taken_.pop_ready(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = taken_.taken(runs[i]->event->meta().seq);
    if (wanted[i]) {
      launch(entry, std::move(runs[i]));
    } else {
      runs[i]->ended_at = services_.turns.clock.now();
      finish(connection, entry, *runs[i]);
    }
  }
  return true;
}

void EffectSubscriptionRunner::start_alone(storage::Connection& connection, Taken entry) {
  EffectRunPtr run = make_run(entry->second);
  bool is_wanted = true;
  if (turns_.wants_preparation(*run->event)) {
    const ActiveSpan active_span(services_.turns, run->span_or_null());
    const auto undone = turns_.try_prepare(connection, *run, is_wanted);
    run->ended_at = services_.turns.clock.now();
    if (undone) {
      is_wanted = false;
      fail(connection, entry, *run, undone->as_result("preparing the attempt failed"));
    } else if (!is_wanted) {
      finish(connection, entry, *run);
    }
  }
  if (is_wanted) {
    launch(entry, std::move(run));
  } else {
    turns_.end_span(*run);
  }
}

void EffectSubscriptionRunner::launch(Taken entry, EffectRunPtr run) {
  entry->second.phase = TakenEvent::Phase::running;
  entry->second.run = run;
  entry->second.expires_at = services_.turns.clock.steady() + subscription_.deadline;
  running_.begin(entry->first, entry->second.expires_at);
  exchange_.start_after_commit(std::move(run));
}

void EffectSubscriptionRunner::complete_together(storage::Connection& connection,
                                                 const std::vector<EffectRunPtr>& ended) {
  // A trace shows each turn by itself.
  if (ended.size() < 2 || services_.turns.tracer != nullptr) return;
  std::vector<EffectRun*> successes;
  for (const EffectRunPtr& run : ended) {
    const auto entry = taken_.find(run->event->meta().seq);
    if (entry != taken_.end() && entry->second.run == run &&
        run->result->kind() == AttemptResult::Kind::success && run->result->completion()) {
      successes.push_back(run.get());
    }
  }
  const bool completed = try_together(connection, [&] {
    for (const EffectRun* run : successes)
      turns_.complete(connection, *run);
  });
  for (EffectRun* run : successes)
    run->completed = completed;
}

void EffectSubscriptionRunner::end_attempt(storage::Connection& connection,
                                           const EffectRunPtr& run) {
  const auto entry = taken_.find(run->event->meta().seq);
  if (entry == taken_.end() || entry->second.run != run) {
    running_.end_overdue();
    telemetry::log("events").warn("effect ended after its deadline subscription={} event={}", name_,
                                  run->event->meta().id.value().to_string());
    return;
  }
  const core::Duration took = run->ended_at - run->started_at;
  running_.end(entry->first, entry->second.expires_at, took);
  observe(took);
  const ActiveSpan active_span(services_.turns, run->span_or_null());
  if (run->result->kind() == AttemptResult::Kind::success) {
    succeed(connection, entry, *run);
  } else {
    fail(connection, entry, *run, *run->result);
  }
  turns_.end_span(*run);
}

void EffectSubscriptionRunner::succeed(storage::Connection& connection, Taken entry,
                                       EffectRun& run) {
  if (!run.completed) {
    const auto undone = turns_.try_complete(connection, *run.event, run.result->completion());
    if (undone) {
      fail(connection, entry, run, undone->as_result("completion failed"));
      return;
    }
  }
  finish(connection, entry, run);
}

void EffectSubscriptionRunner::finish(storage::Connection& connection, Taken entry,
                                      const EffectRun& run) {
  ++record_.handled;
  dirty_ = true;
  const EventMeta& meta = run.event->meta();
  if (entry->second.row) {
    record_recovery(connection, *run.event, *entry->second.row, attempt_record(run, std::nullopt));
  } else {
    last_finished_ = std::max(last_finished_, meta.seq);
  }
  services_.causal_tracker.done(*this, meta.seq);
  taken_.erase(entry);
  let_next_of_key_run(connection, meta);
}

SubscriptionRunner::Failure EffectSubscriptionRunner::failure_of(
    const AttemptResult& result) noexcept {
  using Kind = AttemptResult::Kind;
  if (result.kind() == Kind::unavailable) return Failure::uncounted;
  return result.kind() == Kind::permanent_failure ? Failure::final : Failure::counted;
}

void EffectSubscriptionRunner::fail(storage::Connection& connection, Taken entry, EffectRun& run,
                                    const AttemptResult& result) {
  turns_.fail_span(run, result.kind());
  if (const auto undone = turns_.try_complete(connection, *run.event, result.completion())) {
    telemetry::log("events").error("recording a failed attempt failed subscription={} error=\"{}\"",
                                   name_, undone->error);
  }
  const EventMeta& meta = run.event->meta();
  const DeliveryState state =
      record_failure(connection, *run.event, entry->second.row, attempt_record(run, result.error()),
                     failure_of(result), result.not_before());
  if (state == DeliveryState::dead) give_up(connection, *run.event, result.error());
  last_finished_ = std::max(last_finished_, meta.seq);
  taken_.erase(entry);
  park_followers(connection, meta);
}

void EffectSubscriptionRunner::give_up(storage::Connection& connection, const Event& event,
                                       const std::string& error) {
  if (!subscription_.on_dead) return;
  // Of a forbidden edit nothing can be read.
  const EventPtr logged =
      event.is<ForbiddenEdit>() ? event_of(connection, event.meta().seq, std::nullopt) : nullptr;
  if (const auto undone = turns_.try_give_up(connection, logged ? *logged : event, error)) {
    telemetry::log("events").error("giving up failed subscription={} event={} error=\"{}\"", name_,
                                   event.meta().id.value().to_string(), undone->error);
  }
}

void EffectSubscriptionRunner::expire_overdue(storage::Connection& connection) {
  while (const auto seq = running_.expire(services_.turns.clock.steady())) {
    const auto entry = taken_.taken(*seq);
    EffectRun expired =
        turns_.expire(core::value_of(entry->second.run, "a deadline is that of no attempt"));
    const ActiveSpan active_span(services_.turns, expired.span_or_null());
    fail(connection, entry, expired,
         AttemptResult::failure("the deadline of the attempt has passed"));
    turns_.end_span(expired);
  }
}

}  // namespace orderflow::events
