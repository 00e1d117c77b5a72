#include "events/operations/bulk_replays.hpp"

#include "events/log/event_log.hpp"
#include "events/operations/dead_letter_store.hpp"
#include "telemetry/log.hpp"

#include <iterator>
#include <utility>

namespace orderflow::events {
namespace {

constexpr std::int64_t letters_a_step = 64;

/// What is asked for besides the subscription, which the scope has.
bool passes(const DeadLetterFilter& filter, const LetterHeading& letter) {
  return (!filter.key || letter.key == *filter.key) &&
         (!filter.kind || letter.kind == *filter.kind) &&
         (!filter.error || letter.error.find(*filter.error) != std::string::npos);
}

}  // namespace

void BulkReplays::begin(storage::Connection& connection, BulkReplay replay) {
  auto session = connection.session(event_owner);
  insert_replay(session, replay);
  Run run{std::move(replay), {}};
  for (const auto& runner : runners_) {
    if (run.replay.filter.subscription && runner->name() != *run.replay.filter.subscription)
      continue;
    if (runner->record().dead == 0) continue;
    const Scope& scope = run.scopes.emplace_back(
        Scope{runner.get(), {runner->name(), Seq{0}, runner->record().deaths}});
    insert_scope(session, run.replay.id, scope.rest);
  }
  runs_.push_back(std::move(run));
}

void BulkReplays::load(storage::Connection& connection, Seq) {
  auto session = connection.session(event_owner);
  for (BulkReplay& replay : unfinished_replays(session)) {
    Run run{std::move(replay), {}};
    for (ReplayScope& rest : scopes_of(session, run.replay.id)) {
      SubscriptionRunner* runner = runners_.find(rest.subscription);
      if (runner != nullptr) run.scopes.push_back({runner, std::move(rest)});
    }
    runs_.push_back(std::move(run));
  }
}

void BulkReplays::run(storage::Connection& connection) {
  for (Run& run : runs_)
    step(connection, run);
  std::erase_if(runs_, [](const Run& run) { return run.replay.finished_at.has_value(); });
}

void BulkReplays::step(storage::Connection& connection, Run& run) {
  auto session = connection.session(event_owner);
  if (!run.scopes.empty() && !replay_some(connection, run, run.scopes.back())) {
    run.scopes.pop_back();
  }
  if (run.scopes.empty()) run.replay.finished_at = clock_.now();
  save_replay(session, run.replay);
  if (!run.replay.finished_at) return;
  remove_scopes(session, run.replay.id);
  telemetry::log("events").info("bulk replay finished id={} replayed={}", run.replay.id.to_string(),
                                run.replay.replayed);
}

bool BulkReplays::replay_some(storage::Connection& connection, Run& run, Scope& scope) {
  auto session = connection.session(event_owner);
  const auto letters = letters_of_run(session, scope.runner->name(), scope.rest.after,
                                      scope.rest.upto_death, letters_a_step);
  if (!letters.empty()) scope.rest.after = letters.back().seq;
  for (const LetterHeading& letter : letters) {
    if (!passes(run.replay.filter, letter)) continue;
    const auto dead = scope.runner->find_dead(connection, letter.seq);
    if (!dead) continue;
    scope.runner->replay(connection, *dead, std::nullopt);
    ++run.replay.replayed;
  }
  save_scope(session, run.replay.id, scope.rest);
  return std::ssize(letters) == letters_a_step;
}

}  // namespace orderflow::events
