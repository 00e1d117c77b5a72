// The end of an attempt: what comes of it, and of the events behind it.
#include "events/delivery/effect_subscription_runner.hpp"

#include "events/delivery/turn_span.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"
#include "telemetry/tracer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderflow::events {
namespace {

const char* error_type_of(AttemptResult::Kind kind) noexcept {
  switch (kind) {
    case AttemptResult::Kind::unavailable:
      return "unavailable";
    case AttemptResult::Kind::permanent_failure:
      return "permanent_failure";
    case AttemptResult::Kind::success:
    case AttemptResult::Kind::failure:
      break;
  }
  return "failure";
}

}  // namespace

void EffectSubscriptionRunner::record_together(storage::Connection& connection,
                                               const std::vector<EffectRunPtr>& ended) {
  // A trace shows each turn by itself.
  if (ended.size() < 2 || services_.turns.tracer != nullptr) return;
  std::vector<EffectRun*> successes;
  for (const EffectRunPtr& run : ended) {
    const auto entry = entries_.find(run->event->meta().seq);
    if (entry != entries_.end() && entry->second.run == run &&
        run->result->kind() == AttemptResult::Kind::success && run->result->completion()) {
      successes.push_back(run.get());
    }
  }
  const bool recorded = try_together(connection, [&] {
    for (const EffectRun* run : successes)
      in_turn_of(connection, *run->event, run->result->completion());
  });
  for (EffectRun* run : successes)
    run->recorded = recorded;
}

void EffectSubscriptionRunner::complete(storage::Connection& connection, const EffectRunPtr& run) {
  const auto entry = entries_.find(run->event->meta().seq);
  if (entry == entries_.end() || entry->second.run != run) {
    --overdue_;
    telemetry::log("events").warn("effect ended after its deadline subscription={} event={}", name_,
                                  run->event->meta().id.value().to_string());
    return;
  }
  --in_flight_;
  deadlines_.erase({entry->second.expires_at, entry->first});
  observe(run->ended_at - run->started_at);
  usual_duration_ += (run->ended_at - run->started_at - usual_duration_) / 16;
  const ActiveSpan active_span(services_.turns, run->span_or_null());
  if (run->result->kind() == AttemptResult::Kind::success) {
    succeed(connection, entry, *run);
  } else {
    fail(connection, entry, *run, *run->result);
  }
  end_span(*run);
}

void EffectSubscriptionRunner::end_span(EffectRun& run) const {
  if (!run.span) return;
  run.span->end = run.ended_at;
  services_.turns.tracer->end(*std::exchange(run.span, std::nullopt));
}

AttemptResult EffectSubscriptionRunner::Undone::as_result(std::string_view doing) const {
  const std::string text = std::string(doing) + ": " + error;
  return permanent ? AttemptResult::permanent_failure(text) : AttemptResult::failure(text);
}

std::optional<EffectSubscriptionRunner::Undone> EffectSubscriptionRunner::in_turn(
    storage::Connection& connection, const Event& event, const AttemptResult::Completion& body) {
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
    // Logged above.
  }
  services_.turns.outbox.roll_back_to(mark);
  return undone;
}

AttemptRecord EffectSubscriptionRunner::attempt_record(const EffectRun& run,
                                                       std::optional<std::string> error) const {
  return {run.context.attempt, run.started_at, run.ended_at - run.started_at, std::move(error)};
}

void EffectSubscriptionRunner::succeed(storage::Connection& connection, Entries::iterator entry,
                                       EffectRun& run) {
  if (!run.recorded) {
    if (const auto undone = in_turn(connection, *run.event, run.result->completion())) {
      fail(connection, entry, run, undone->as_result("completion failed"));
      return;
    }
  }
  finish(connection, entry, run);
}

void EffectSubscriptionRunner::finish(storage::Connection& connection, Entries::iterator entry,
                                      const EffectRun& run) {
  ++record_.handled;
  dirty_ = true;
  const std::string key = run.event->meta().key;
  if (entry->second.row) {
    record_recovery(connection, *run.event, *entry->second.row, attempt_record(run, std::nullopt));
  } else {
    last_finished_ = std::max(last_finished_, run.event->meta().seq);
  }
  leave(entry);
  if (order_ == OrderPolicy::skip) return;
  leave_key(connection, key);
  if (!by_key_.contains(key)) release_next(connection, key);
}

SubscriptionRunner::Failure EffectSubscriptionRunner::failure_of(
    const AttemptResult& result) noexcept {
  switch (result.kind()) {
    case AttemptResult::Kind::unavailable:
      return Failure::uncounted;
    case AttemptResult::Kind::permanent_failure:
      return Failure::final;
    case AttemptResult::Kind::success:
    case AttemptResult::Kind::failure:
      break;
  }
  return Failure::counted;
}

void EffectSubscriptionRunner::fail(storage::Connection& connection, Entries::iterator entry,
                                    EffectRun& run, const AttemptResult& result) {
  if (run.span) run.span->fail(error_type_of(result.kind()));
  if (const auto undone = in_turn(connection, *run.event, result.completion())) {
    telemetry::log("events").error("recording a failed attempt failed subscription={} error=\"{}\"",
                                   name_, undone->error);
  }
  const DeliveryState state =
      record_failure(connection, *run.event, entry->second.row, attempt_record(run, result.error()),
                     failure_of(result), result.not_before());
  if (state == DeliveryState::dead) give_up(connection, *run.event, result.error());
  last_finished_ = std::max(last_finished_, run.event->meta().seq);
  const std::string key = run.event->meta().key;
  leave(entry);
  if (order_ == OrderPolicy::park) park_followers(connection, key);
}

void EffectSubscriptionRunner::give_up(storage::Connection& connection, const Event& event,
                                       const std::string& error) {
  if (!subscription_.on_dead) return;
  // Of a forbidden edit nothing can be read.
  const EventPtr logged =
      event.is<ForbiddenEdit>() ? event_of(connection, event.meta().seq, std::nullopt) : nullptr;
  const Event& as_logged = logged ? *logged : event;
  const auto body = [&](Turn& turn) { subscription_.on_dead(as_logged, error, turn); };
  if (const auto undone = in_turn(connection, event, body)) {
    telemetry::log("events").error("giving up failed subscription={} event={} error=\"{}\"", name_,
                                   event.meta().id.value().to_string(), undone->error);
  }
}

void EffectSubscriptionRunner::expire_overdue(storage::Connection& connection) {
  const core::Timestamp now = services_.turns.clock.now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= services_.turns.clock.steady()) {
    const auto entry = entries_.find(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    --in_flight_;
    ++overdue_;
    // The attempt itself still runs: its result belongs to the other thread.
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
    const ActiveSpan active_span(services_.turns, expired.span_or_null());
    fail(connection, entry, expired,
         AttemptResult::failure("the deadline of the attempt has passed"));
    end_span(expired);
  }
}

}  // namespace orderflow::events
