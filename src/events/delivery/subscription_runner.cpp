#include "events/delivery/subscription_runner.hpp"

#include "core/readable_line.hpp"
#include "events/records/attempt_store.hpp"
#include "events/records/subscription_store.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// Events that do not concern a subscription move its cursor too, but not worth a write each time.
constexpr std::int64_t unsaved_distance_max = 1024;

}  // namespace

SubscriptionRunner::SubscriptionRunner(std::string name, std::string module,
                                       std::vector<std::string> kinds, RetryPolicy retry,
                                       OrderPolicy order, RunnerServices services)
    : name_(std::move(name)),
      module_(std::move(module)),
      retry_(retry),
      order_(order),
      services_(services),
      store_(name_, record_),
      feed_(Interest{std::move(kinds), module_}, services.log) {}

void SubscriptionRunner::load(storage::Connection& connection, Seq newest) {
  record_ = load_subscription(connection.session(event_owner), name_, first_cursor(newest));
  store_.resume_running(connection, services_.turns.clock.now());
  store_.release_orphaned_parked(connection, services_.turns.clock.now());
  rescan(connection);
  feed_.start(record_.cursor, newest);
  dirty_ = true;
}

void SubscriptionRunner::forget(storage::Connection& connection) {
  store_.remove_all(connection);
  remove_attempts(connection.session(event_owner), name_);
  remove_subscription(connection.session(event_owner), name_);
}

void SubscriptionRunner::save(storage::Connection& connection) {
  const Seq cursor = finish_to(connection);
  if (!dirty_ && cursor.value() - record_.cursor.value() < unsaved_distance_max) return;
  record_.cursor = std::max(record_.cursor, cursor);
  save_subscription(connection.session(event_owner), name_, record_);
  dirty_ = false;
}

void SubscriptionRunner::rescan(storage::Connection& connection) {
  const core::Timestamp now = services_.turns.clock.now();
  refresh_next_due(connection);
  has_far_retries_ = store_.has_far(connection, now, retry_.delay_max);
  if (has_far_retries_) next_due_ = std::min(next_due_.value_or(now), now);
}

std::vector<DueDelivery> SubscriptionRunner::take_due(storage::Connection& connection,
                                                      std::size_t limit) {
  const core::Timestamp now = services_.turns.clock.now();
  if (std::exchange(has_far_retries_, false)) store_.bring_near(connection, now, retry_.delay_max);
  return store_.due(connection, now, limit);
}

void SubscriptionRunner::describe(SubscriptionStatus& status) const {
  status.record = record_;
  status.position = feed_.position();
  status.finished_to = finished_to();
  status.waits_for_peer = waits_for_peer();
}

void SubscriptionRunner::set_paused(storage::Connection& connection, bool paused) {
  record_.paused = paused;
  save_subscription(connection.session(event_owner), name_, record_);
}

EventPtr SubscriptionRunner::event_of(storage::Connection& connection, Seq seq,
                                      const std::optional<std::string>& payload) const {
  EventPtr event = services_.log.find(connection.session(event_owner), seq);
  if (!event || !payload) return event;
  return services_.log.with_payload(*event, *payload);
}

EventPtr SubscriptionRunner::event_of(storage::Connection& connection,
                                      const DueDelivery& due) const {
  EventPtr event = event_of(connection, due.seq, due.payload);
  if (event) return event;
  throw storage::StorageFailure("the database is damaged: event " +
                                    std::to_string(due.seq.value()) + ", which " + name_ +
                                    " is to try again, is not in the log",
                                0);
}

const EditReview& SubscriptionRunner::review_edit() const noexcept {
  static const EditReview nobody;
  return nobody;
}

void SubscriptionRunner::accept(storage::Connection& connection, const Event& edited,
                                const EditDecision::Acceptance& acceptance) {
  if (!acceptance) return;
  const Outbox::Mark mark = services_.turns.outbox.mark();
  in_turn_of(connection, edited, acceptance);
  // Their identifiers would be those of what the attempt publishes, which would then be dropped.
  if (!services_.turns.outbox.since(mark).empty()) {
    throw std::logic_error("the acceptance of an edit in " + name_ + " publishes events");
  }
}

void SubscriptionRunner::replay(storage::Connection& connection, const DeadDelivery& dead,
                                const std::optional<std::string>& payload) {
  store_.revive(connection, dead, payload, services_.turns.clock.now());
  refresh_next_due(connection);
  dirty_ = true;
}

void SubscriptionRunner::discard(storage::Connection& connection, const DeadDelivery& dead,
                                 const std::string& reason) {
  if (discarded()) {
    const EventPtr event = event_of(connection, dead.seq, std::nullopt);
    in_turn_of(connection, *event, [&](Turn& turn) { discarded()(*event, reason, turn); });
  }
  store_.remove(connection, dead.seq, DeliveryState::dead);
  services_.causal_tracker.done(*this, dead.seq);
  release_next(connection, dead.key);
  dirty_ = true;
}

bool SubscriptionRunner::try_together(storage::Connection& connection,
                                      const std::function<void()>& body) {
  const Outbox::Mark mark = services_.turns.outbox.mark();
  try {
    storage::Savepoint savepoint(connection);
    body();
    savepoint.keep();
    return true;
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (...) {
    services_.turns.outbox.roll_back_to(mark);
    return false;
  }
}

DeliveryState SubscriptionRunner::record_failure(storage::Connection& connection,
                                                 const Event& event, std::optional<Row> row,
                                                 const AttemptRecord& attempt, Failure kind,
                                                 std::optional<core::Timestamp> not_before) {
  const core::Timestamp now = services_.turns.clock.now();
  AttemptCount attempts = row ? row->attempts : AttemptCount{};
  attempts.failed = attempt.attempt;
  attempts.uncounted += kind == Failure::uncounted ? 1 : 0;
  attempts.uncounted_in_a_row = kind == Failure::uncounted ? attempts.uncounted_in_a_row + 1 : 0;
  FailureRecord failure{.state = DeliveryState::dead,
                        .attempts = attempts,
                        .next_attempt_at = std::nullopt,
                        .error = core::peer_text(attempt.error.value_or(""), error_bytes_max)};
  const int used = attempts.used();
  if (kind == Failure::uncounted || (kind == Failure::counted && !retry_.exhausted(used))) {
    failure.state = DeliveryState::retrying;
    // What uses up nothing makes the waits longer all the same, or it would repeat as fast forever.
    const int failures = used + attempts.uncounted_in_a_row;
    core::Timestamp next = now + retry_.delay_after(failures, services_.random);
    if (not_before) next = std::max(next, *not_before);
    failure.next_attempt_at = next;
    next_due_ = next_due_ ? std::min(*next_due_, next) : next;
  }
  std::optional<DeliveryState> old_state;
  if (row) old_state = row->state;
  store_.fail(connection, event, old_state, failure, now);
  services_.causal_tracker.left_to_row(*this, event.meta().seq);
  AttemptRecord kept = attempt;
  kept.error = failure.error;
  if (kind == Failure::uncounted) {
    keep_uncounted_attempt(connection.session(event_owner), name_, event, kept, attempts);
  } else {
    keep_attempt(connection.session(event_owner), name_, event, kept);
  }
  ++record_.failed;
  dirty_ = true;
  telemetry::log("events").warn(
      "delivery failed subscription={} event={} kind={} key={} attempt={} state={} error=\"{}\"",
      name_, event.meta().id.value().to_string(), event.meta().kind, event.meta().key,
      attempt.attempt, to_string(failure.state), failure.error);
  return failure.state;
}

void SubscriptionRunner::record_recovery(storage::Connection& connection, const Event& event,
                                         Row row, const AttemptRecord& attempt) {
  store_.remove(connection, event.meta().seq, row.state);
  services_.causal_tracker.done(*this, event.meta().seq);
  if (attempt.attempt > 1) keep_attempt(connection.session(event_owner), name_, event, attempt);
  dirty_ = true;
}

void SubscriptionRunner::release_next(storage::Connection& connection, std::string_view key) {
  if (order_ != OrderPolicy::park || record_.parked == 0) return;
  store_.release_next(connection, key, services_.turns.clock.now());
  refresh_next_due(connection);
  dirty_ = true;
}

}  // namespace orderflow::events
