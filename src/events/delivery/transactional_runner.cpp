#include "events/delivery/transactional_runner.hpp"

#include "core/invariant.hpp"
#include "events/records/attempt_store.hpp"
#include "events/records/subscription_store.hpp"
#include "events/turn/turn_span.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

constexpr std::size_t retries_a_turn = 64;

}  // namespace

TransactionalRunner::TransactionalRunner(TransactionalSubscription subscription,
                                         RunnerServices services, std::string record_name)
    : SubscriptionRunner(record_name.empty() ? subscription.name : std::move(record_name),
                         subscription.module, subscription.kinds, subscription.retry,
                         subscription.order, services),
      subscription_(std::move(subscription)) {}

void TransactionalRunner::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  status.can_rebuild = subscription_.projection.has_value();
}

void TransactionalRunner::apply(storage::Connection& connection, const Event& event) {
  require_permitted(event);
  in_turn_of(connection, event, [&](Turn& turn) { subscription_.handle(event, turn); });
}

void TransactionalRunner::adopt(storage::Connection& connection, const TransactionalRunner& rebuilt,
                                Seq newest) {
  core::invariant(rebuilt.position() >= position(),
                  "a rebuild is in place before it has caught up");
  store_.take_over_rows(connection, rebuilt.name());
  move_attempts(connection.session(event_owner), rebuilt.name(), name_);
  remove_subscription(connection.session(event_owner), rebuilt.name());
  const SubscriptionRecord old = record_;
  record_ = rebuilt.record_;
  record_.paused = old.paused;
  record_.handled = old.handled;
  record_.failed += old.failed;
  record_.deaths = std::max(old.deaths, record_.deaths);
  refresh_next_due(connection);
  feed_.start(rebuilt.position(), newest);
  services_.causal_tracker.recheck(*this);
  dirty_ = true;
}

bool TransactionalRunner::has_work(core::Timestamp now) const {
  return !record_.paused && (feed_.pending() || retries_due(now));
}

void TransactionalRunner::run(storage::Connection& connection) {
  if (record_.paused) return;
  if (retries_due(services_.turns.clock.now())) retry_due(connection);
  if (!feed_.pending()) return;
  const EventList events = feed_.take(connection, events_a_run);
  if (!handle_together(connection, events)) {
    for (const EventPtr& event : events)
      handle_new(connection, event);
  }
  dirty_ = true;
}

bool TransactionalRunner::handle_together(storage::Connection& connection,
                                          const EventList& events) {
  // A trace shows each turn by itself.
  if (events.size() < 2 || services_.turns.tracer != nullptr) return false;
  if (order_ == OrderPolicy::park && std::ranges::any_of(events, [&](const EventPtr& event) {
        return store_.blocks(connection, event->meta().key);
      })) {
    return false;
  }
  std::vector<core::Duration> durations;
  durations.reserve(events.size());
  const bool handled = try_together(connection, [&] {
    for (const EventPtr& event : events) {
      const core::Timestamp started = services_.turns.clock.now();
      apply(connection, *event);
      durations.push_back(services_.turns.clock.now() - started);
    }
  });
  if (!handled) return false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    observe(durations[i]);
    ++record_.handled;
    services_.causal_tracker.done(*this, events[i]->meta().seq);
  }
  return true;
}

void TransactionalRunner::retry_due(storage::Connection& connection) {
  for (const DueDelivery& due : take_due(connection, retries_a_turn)) {
    const EventPtr event = event_of(connection, due);
    attempt(connection, *event, Row{DeliveryState::retrying, due.attempts});
  }
  refresh_next_due(connection);
}

void TransactionalRunner::handle_new(storage::Connection& connection, const EventPtr& event) {
  if (order_ == OrderPolicy::park && store_.blocks(connection, event->meta().key)) {
    store_.insert(connection, *event, DeliveryState::parked, services_.turns.clock.now());
    services_.causal_tracker.left_to_row(*this, event->meta().seq);
  } else if (attempt(connection, *event, std::nullopt)) {
    services_.causal_tracker.done(*this, event->meta().seq);
  }
}

std::optional<telemetry::Span> TransactionalRunner::begin_span(const Event& event,
                                                               int attempt) const {
  // A rebuild does again what was done, and traced, before.
  if (services_.turns.tracer == nullptr || name_ != subscription_.name) return std::nullopt;
  return processing_span(services_.turns, telemetry::SpanKind::consumer, name_, event, attempt);
}

bool TransactionalRunner::attempt(storage::Connection& connection, const Event& event,
                                  std::optional<Row> row) {
  const core::Timestamp started = services_.turns.clock.now();
  AttemptRecord record{row ? row->attempts.failed + 1 : 1, started, core::Duration{0},
                       std::nullopt};
  const Outbox::Mark mark = services_.turns.outbox.mark();
  TurnSpan span(services_.turns, begin_span(event, record.attempt));
  Failure failure = Failure::counted;
  try {
    storage::Savepoint savepoint(connection);
    apply(connection, event);
    savepoint.keep();
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (const PermanentFailure& e) {
    failure = Failure::final;
    record.error = e.what();
  } catch (const UnreadableEvent& e) {
    failure = Failure::final;
    record.error = e.what();
  } catch (const std::exception& e) {
    record.error = e.what();
  } catch (...) {
    record.error = "the handler threw something that is not a std::exception";
  }
  if (record.error) span.fail(failure == Failure::final ? "permanent_failure" : "failure");
  record.duration = services_.turns.clock.now() - started;
  observe(record.duration);
  if (record.error) {
    services_.turns.outbox.roll_back_to(mark);
    record_failure(connection, event, row, record, failure, std::nullopt);
    return false;
  }
  ++record_.handled;
  if (row) {
    record_recovery(connection, event, *row, record);
    release_next(connection, event.meta().key);
  }
  return true;
}

}  // namespace orderflow::events
