#include "events/effects/effect_turns.hpp"

#include "events/delivery/subscription_runner.hpp"
#include "events/turn/turn_span.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/tracer.hpp"

#include <memory>
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

template <class Body>
auto EffectTurns::in_turn(storage::Connection& connection, const Event& event,
                          const Body& body) const {
  Turn turn(services_, connection, subscription_.module, subscription_.name, event);
  return body(turn);
}

EffectRunPtr EffectTurns::make_run(EffectSubscriptionRunner& runner, EventPtr event,
                                   int attempt) const {
  const std::string id = event->meta().id.value().to_string();
  auto run = std::make_shared<EffectRun>(
      EffectRun{&runner, &subscription_, std::move(event),
                EffectContext{id + ":" + subscription_.name, attempt,
                              services_.clock.steady() + subscription_.deadline, &timers_},
                services_.clock.now()});
  run->span = processing_span(services_, telemetry::SpanKind::client, subscription_.name,
                              *run->event, attempt);
  return run;
}

void EffectTurns::end_span(EffectRun& run) const {
  if (!run.span) return;
  run.span->end = run.ended_at;
  services_.tracer->end(*std::exchange(run.span, std::nullopt));
}

EffectRun EffectTurns::expire(EffectRun& run) const {
  EffectRun expired{
      run.runner,     run.subscription,      run.event,    run.context,
      run.started_at, services_.clock.now(), std::nullopt, std::exchange(run.span, std::nullopt)};
  if (expired.span) expired.span->fail("deadline");
  return expired;
}

void EffectTurns::fail_span(EffectRun& run, AttemptResult::Kind kind) {
  if (run.span) run.span->fail(error_type_of(kind));
}

bool EffectTurns::wants_preparation(const Event& event) const noexcept {
  return subscription_.prepare || event.is<ForbiddenEdit>();
}

bool EffectTurns::prepare(storage::Connection& connection, EffectRun& run) const {
  require_permitted(*run.event);
  if (!subscription_.prepare) return true;
  return in_turn(connection, *run.event,
                 [&](Turn& turn) { return subscription_.prepare(*run.event, run.context, turn); });
}

void EffectTurns::complete(storage::Connection& connection, const EffectRun& run) const {
  in_turn(connection, *run.event, run.result->completion());
}

void EffectTurns::apply(storage::Connection& connection, const Event& event) const {
  require_permitted(event);
  if (!subscription_.assumed_result) {
    throw DryRunNotPossible("The effect " + subscription_.name +
                            " cannot predict what it would do.");
  }
  in_turn(connection, event, [&](Turn& turn) {
    EffectContext context{"dry-run", 1, services_.clock.steady() + subscription_.deadline,
                          &timers_};
    if (subscription_.prepare && !subscription_.prepare(event, context, turn)) return;
    const AttemptResult result = subscription_.assumed_result(event);
    if (result.completion()) result.completion()(turn);
  });
}

AttemptResult EffectTurns::Undone::as_result(std::string_view doing) const {
  const std::string text = std::string(doing) + ": " + error;
  return permanent ? AttemptResult::permanent_failure(text) : AttemptResult::failure(text);
}

std::optional<EffectTurns::Undone> EffectTurns::try_prepare(storage::Connection& connection,
                                                            EffectRun& run, bool& is_wanted) const {
  return try_in_savepoint(connection, [&] { is_wanted = prepare(connection, run); });
}

std::optional<EffectTurns::Undone> EffectTurns::try_complete(
    storage::Connection& connection, const Event& event,
    const AttemptResult::Completion& completion) const {
  if (!completion) return std::nullopt;
  return try_in_savepoint(connection, [&] { in_turn(connection, event, completion); });
}

std::optional<EffectTurns::Undone> EffectTurns::try_give_up(storage::Connection& connection,
                                                            const Event& as_logged,
                                                            const std::string& error) const {
  if (!subscription_.on_dead) return std::nullopt;
  return try_in_savepoint(connection, [&] {
    in_turn(connection, as_logged,
            [&](Turn& turn) { subscription_.on_dead(as_logged, error, turn); });
  });
}

std::optional<EffectTurns::Undone> EffectTurns::try_in_savepoint(
    storage::Connection& connection, const std::function<void()>& body) const {
  const Outbox::Mark mark = services_.outbox.mark();
  Undone undone{"it threw something that is not a std::exception", false};
  try {
    storage::Savepoint savepoint(connection);
    body();
    savepoint.keep();
    return std::nullopt;
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (const PermanentFailure& e) {
    undone = {e.what(), true};
  } catch (const std::exception& e) {
    undone = {e.what(), false};
  } catch (...) {
    // Described above.
  }
  services_.outbox.roll_back_to(mark);
  return undone;
}

}  // namespace orderflow::events
