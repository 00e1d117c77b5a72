#include "events/rebuilds.hpp"

#include "core/trace_context.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <algorithm>

namespace orderflow::events {
namespace {

std::string record_name(const Lane& live, std::int64_t generation) {
  return live.name() + "@" + std::to_string(generation);
}

/// Retention has removed events up to here.
Seq removed_to(storage::Connection& connection) {
  auto rows = connection.session(event_owner).query("SELECT removed_to FROM event_retention");
  return Seq{rows.next() ? rows.get<std::int64_t>(0) : 0};
}

const core::TraceContext no_request{"rebuild", ""};

/// Runs `body` as a turn of the lane's module that answers no request.
template <class Body>
void in_turn_of_module(TurnServices& turns, storage::Connection& connection, const Lane& lane,
                       const Body& body) {
  storage::Savepoint savepoint(connection);
  Turn turn(turns, connection, lane.module(), no_request);
  body(turn);
  savepoint.keep();
}

}  // namespace

Rebuilds::Rebuild& Rebuilds::start(storage::Connection& connection, TransactionalLane& live,
                                   std::int64_t generation, core::Timestamp started_at, Seq upto) {
  auto lane = std::make_unique<TransactionalLane>(live.subscription(), services_,
                                                  record_name(live, generation));
  lane->load(connection, newest_);
  lane->write_generation(generation);
  lane->set_paused(connection, live.record().paused);
  return running_.emplace_back(Rebuild{&live, std::move(lane), started_at, upto});
}

RebuildStatus Rebuilds::begin(storage::Connection& connection, TransactionalLane& live,
                              Seq newest) {
  newest_ = newest;
  std::int64_t generation = live.record().generation;
  for (const StaleGeneration& stale : stale_) {
    if (stale.live == &live) generation = std::max(generation, stale.generation);
  }
  ++generation;
  const core::Timestamp now = services_.turns.clock.now();
  connection.session(event_owner)
      .execute(
          "INSERT INTO event_rebuild(subscription, generation, started_at, upto)"
          " VALUES(?1, ?2, ?3, ?4)",
          live.name(), generation, now, newest.value());
  start(connection, live, generation, now, newest);
  return status().back();
}

const TransactionalLane* Rebuilds::find(std::string_view subscription) const noexcept {
  for (const Rebuild& rebuild : running_) {
    if (rebuild.live->name() == subscription) return rebuild.lane.get();
  }
  return nullptr;
}

std::vector<RebuildStatus> Rebuilds::status() const {
  std::vector<RebuildStatus> all;
  for (const Rebuild& rebuild : running_) {
    all.push_back({rebuild.live->name(), rebuild.lane->record().generation, rebuild.started_at,
                   rebuild.lane->position(), rebuild.upto});
  }
  return all;
}

void Rebuilds::set_paused(storage::Connection& connection, std::string_view subscription,
                          bool paused) {
  for (const Rebuild& rebuild : running_) {
    if (rebuild.live->name() == subscription) rebuild.lane->set_paused(connection, paused);
  }
}

void Rebuilds::load(storage::Connection& connection, Seq newest) {
  newest_ = newest;
  struct Row {
    std::string subscription;
    std::int64_t generation;
    core::Timestamp started_at;
    Seq upto;
  };
  std::vector<Row> unfinished;
  auto session = connection.session(event_owner);
  {
    auto rows = session.query(
        "SELECT subscription, generation, started_at, upto FROM event_rebuild"
        " ORDER BY subscription");
    while (rows.next()) {
      unfinished.push_back({rows.get<std::string>(0), rows.get<std::int64_t>(1),
                            rows.get<core::Timestamp>(2), Seq{rows.get<std::int64_t>(3)}});
    }
  }
  for (const Row& row : unfinished) {
    TransactionalLane* live = lanes_.find_transactional(row.subscription);
    if (live == nullptr || !live->subscription().projection) continue;
    const Rebuild& rebuild = start(connection, *live, row.generation, row.started_at, row.upto);
    if (removed_to(connection) <= rebuild.lane->record().cursor) continue;
    give_up(connection, rebuild, "the log has lost events that it has not had");
    running_.pop_back();
  }
  auto rows = session.query(
      "SELECT subscription, generation FROM event_stale_generation"
      " ORDER BY subscription, generation");
  while (rows.next()) {
    TransactionalLane* live = lanes_.find_transactional(rows.get<std::string_view>(0));
    if (live == nullptr || !live->subscription().projection) continue;
    stale_.push_back({live, rows.get<std::int64_t>(1)});
  }
}

void Rebuilds::offer(const EventList& committed, Seq newest) {
  newest_ = newest;
  for (Rebuild& rebuild : running_) {
    rebuild.lane->offer(committed, newest);
    rebuild.added += committed.size();
    rebuild.wanted += static_cast<std::size_t>(std::ranges::count_if(
        committed, [&](const EventPtr& event) { return rebuild.lane->wants(*event); }));
  }
}

bool Rebuilds::has_work(core::Timestamp now) const {
  return !stale_.empty() || std::ranges::any_of(running_, [&](const Rebuild& rebuild) {
    return rebuild.lane->has_work(now) || may_swap(rebuild);
  });
}

std::optional<core::Timestamp> Rebuilds::next_due() const {
  std::optional<core::Timestamp> due;
  for (const Rebuild& rebuild : running_) {
    const auto next = rebuild.lane->next_due();
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
  const std::size_t runs =
      rebuild.wanted / Lane::events_a_run + rebuild.added / Feed::rows_scanned_a_take + 3;
  rebuild.added = rebuild.wanted = 0;
  const core::Timestamp now = services_.turns.clock.now();
  for (std::size_t n = 0; n < runs && rebuild.lane->has_work(now); ++n)
    rebuild.lane->run(connection);
}

void Rebuilds::save(storage::Connection& connection) {
  for (const Rebuild& rebuild : running_)
    rebuild.lane->save(connection);
}

bool Rebuilds::may_swap(const Rebuild& rebuild) noexcept {
  return !rebuild.lane->record().paused && rebuild.lane->position() >= rebuild.live->position();
}

void Rebuilds::swap(storage::Connection& connection, const Rebuild& rebuild) {
  TransactionalLane& live = *rebuild.live;
  const std::int64_t replaced = live.record().generation;
  const std::int64_t made = rebuild.lane->record().generation;
  try {
    in_turn_of_module(services_.turns, connection, live,
                      [&](Turn& turn) { live.subscription().projection->swap(turn, made); });
    live.adopt(connection, *rebuild.lane, newest_);
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
  leave_stale(connection, *rebuild.live, rebuild.lane->record().generation);
  rebuild.lane->forget(connection);
}

void Rebuilds::leave_stale(storage::Connection& connection, const Lane& live,
                           std::int64_t generation) {
  auto session = connection.session(event_owner);
  session.execute("DELETE FROM event_rebuild WHERE subscription = ?1", live.name());
  session.execute("INSERT INTO event_stale_generation(subscription, generation) VALUES(?1, ?2)",
                  live.name(), generation);
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
  connection.session(event_owner)
      .execute("DELETE FROM event_stale_generation WHERE subscription = ?1 AND generation = ?2",
               stale.live->name(), stale.generation);
  stale_.pop_back();
}

}  // namespace orderflow::events
