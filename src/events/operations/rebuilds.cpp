#include "events/operations/rebuilds.hpp"

#include "core/trace_context.hpp"
#include "events/operations/rebuild_store.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <algorithm>

namespace orderflow::events {
namespace {

std::string record_name(const SubscriptionRunner& live, std::int64_t generation) {
  return live.name() + "@" + std::to_string(generation);
}

const core::TraceContext no_request{"rebuild", ""};

/// Runs `body` as a turn of the runner's module that answers no request.
template <class Body>
void in_turn_of_module(TurnServices& turns, storage::Connection& connection,
                       const SubscriptionRunner& runner, const Body& body) {
  storage::Savepoint savepoint(connection);
  Turn turn(turns, connection, runner.module(), no_request);
  body(turn);
  savepoint.keep();
}

}  // namespace

Rebuilds::Rebuild& Rebuilds::start(storage::Connection& connection, TransactionalRunner& live,
                                   std::int64_t generation, core::Timestamp started_at, Seq upto) {
  auto runner = std::make_unique<TransactionalRunner>(live.subscription(), services_,
                                                      record_name(live, generation));
  runner->load(connection, newest_);
  runner->write_generation(generation);
  runner->set_paused(connection, live.record().paused);
  return running_.emplace_back(Rebuild{&live, std::move(runner), started_at, upto});
}

RebuildStatus Rebuilds::begin(storage::Connection& connection, TransactionalRunner& live,
                              Seq newest) {
  newest_ = newest;
  std::int64_t generation = live.record().generation;
  for (const StaleGeneration& stale : stale_) {
    if (stale.live == &live) generation = std::max(generation, stale.generation);
  }
  ++generation;
  const core::Timestamp now = services_.turns.clock.now();
  insert_rebuild(
      connection.session(event_owner),
      {.subscription = live.name(), .generation = generation, .started_at = now, .upto = newest});
  start(connection, live, generation, now, newest);
  return status().back();
}

const TransactionalRunner* Rebuilds::find(std::string_view subscription) const noexcept {
  for (const Rebuild& rebuild : running_) {
    if (rebuild.live->name() == subscription) return rebuild.runner.get();
  }
  return nullptr;
}

std::vector<RebuildStatus> Rebuilds::status() const {
  std::vector<RebuildStatus> all;
  for (const Rebuild& rebuild : running_) {
    all.push_back({rebuild.live->name(), rebuild.runner->record().generation, rebuild.started_at,
                   rebuild.runner->position(), rebuild.upto});
  }
  return all;
}

void Rebuilds::set_paused(storage::Connection& connection, std::string_view subscription,
                          bool paused) {
  for (const Rebuild& rebuild : running_) {
    if (rebuild.live->name() == subscription) rebuild.runner->set_paused(connection, paused);
  }
}

void Rebuilds::load(storage::Connection& connection, Seq newest) {
  newest_ = newest;
  auto session = connection.session(event_owner);
  for (const RebuildRecord& row : unfinished_rebuilds(session)) {
    TransactionalRunner* live = runners_.find_transactional(row.subscription);
    if (live == nullptr || !live->subscription().projection) continue;
    const Rebuild& rebuild = start(connection, *live, row.generation, row.started_at, row.upto);
    if (EventLog::removed_to(session) <= rebuild.runner->record().cursor) continue;
    give_up(connection, rebuild, "the log has lost events that it has not had");
    running_.pop_back();
  }
  for (const StaleRecord& stale : stale_generations(session)) {
    TransactionalRunner* live = runners_.find_transactional(stale.subscription);
    if (live == nullptr || !live->subscription().projection) continue;
    stale_.push_back({live, stale.generation});
  }
}

void Rebuilds::offer(const EventList& committed, Seq newest) {
  newest_ = newest;
  for (Rebuild& rebuild : running_) {
    rebuild.runner->offer(committed, newest);
    rebuild.added += committed.size();
    rebuild.wanted += static_cast<std::size_t>(std::ranges::count_if(
        committed, [&](const EventPtr& event) { return rebuild.runner->wants(*event); }));
  }
}

bool Rebuilds::has_work(core::Timestamp now) const {
  return !stale_.empty() || std::ranges::any_of(running_, [&](const Rebuild& rebuild) {
    return rebuild.runner->has_work(now) || may_swap(rebuild);
  });
}

std::optional<core::Timestamp> Rebuilds::next_due() const {
  std::optional<core::Timestamp> due;
  for (const Rebuild& rebuild : running_) {
    const auto next = rebuild.runner->next_due();
    if (next && (!due || *next < *due)) due = next;
  }
  return due;
}

void Rebuilds::run(storage::Connection& connection) {
  for (Rebuild& rebuild : running_)
    catch_up(connection, rebuild);
  std::erase_if(running_, [&](const Rebuild& rebuild) {
    if (!may_swap(rebuild)) return false;
    swap(connection, rebuild);
    return true;
  });
  if (!stale_.empty()) sweep(connection);
}

void Rebuilds::catch_up(storage::Connection& connection, Rebuild& rebuild) const {
  // A run takes as many events as it may, or looks at as many rows as it may. Two for what the
  // divisions leave over, and one by which it comes nearer.
  const std::size_t runs = rebuild.wanted / SubscriptionRunner::events_a_run +
                           rebuild.added / Feed::rows_scanned_a_take + 3;
  rebuild.added = rebuild.wanted = 0;
  const core::Timestamp now = services_.turns.clock.now();
  for (std::size_t n = 0; n < runs && rebuild.runner->has_work(now); ++n)
    rebuild.runner->run(connection);
}

void Rebuilds::save(storage::Connection& connection) {
  for (const Rebuild& rebuild : running_)
    rebuild.runner->save(connection);
}

bool Rebuilds::may_swap(const Rebuild& rebuild) noexcept {
  return !rebuild.runner->record().paused && rebuild.runner->position() >= rebuild.live->position();
}

void Rebuilds::swap(storage::Connection& connection, const Rebuild& rebuild) {
  TransactionalRunner& live = *rebuild.live;
  const std::int64_t replaced = live.record().generation;
  const std::int64_t made = rebuild.runner->record().generation;
  try {
    in_turn_of_module(services_.turns, connection, live,
                      [&](Turn& turn) { live.subscription().projection->swap(turn, made); });
    live.adopt(connection, *rebuild.runner, newest_);
    telemetry::log("events").info("rebuild in place subscription={} generation={}", live.name(),
                                  made);
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (const std::exception& e) {
    give_up(connection, rebuild, e.what());
    stale_.push_back({&live, made});
    return;
  }
  leave_stale(connection, live, replaced);
  stale_.push_back({&live, replaced});
}

void Rebuilds::give_up(storage::Connection& connection, const Rebuild& rebuild,
                       std::string_view because) {
  telemetry::log("events").error("rebuild given up, the old rows stay subscription={} error=\"{}\"",
                                 rebuild.live->name(), because);
  leave_stale(connection, *rebuild.live, rebuild.runner->record().generation);
  rebuild.runner->forget(connection);
}

void Rebuilds::leave_stale(storage::Connection& connection, const SubscriptionRunner& live,
                           std::int64_t generation) {
  replace_rebuild(connection.session(event_owner), {live.name(), generation});
}

void Rebuilds::sweep(storage::Connection& connection) {
  const StaleGeneration stale = stale_.back();
  bool more = false;
  try {
    in_turn_of_module(services_.turns, connection, *stale.live, [&](Turn& turn) {
      more = stale.live->subscription().projection->sweep(turn, stale.generation);
    });
  } catch (const storage::StorageFailure&) {
    throw;
  } catch (const std::exception& e) {
    telemetry::log("events").error("old rows cannot be removed subscription={} error=\"{}\"",
                                   stale.live->name(), e.what());
  }
  if (more) return;
  remove_stale(connection.session(event_owner), {stale.live->name(), stale.generation});
  stale_.pop_back();
}

}  // namespace orderflow::events
