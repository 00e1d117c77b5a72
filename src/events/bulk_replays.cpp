#include "events/bulk_replays.hpp"

#include "events/event_log.hpp"
#include "telemetry/log.hpp"

#include <utility>

namespace orderflow::events {
namespace {

constexpr std::int64_t letters_a_step = 64;

const std::string select =
    "SELECT id, requested_at, actor, subscription, kind, key, error, matched, replayed, finished_at"
    " FROM event_replay ";
const std::string select_one = select + "WHERE id = ?1";
const std::string select_newest = select + "ORDER BY id DESC LIMIT ?1";
const std::string select_unfinished = select + "WHERE finished_at IS NULL ORDER BY id";

std::optional<std::string> given(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

BulkReplay read(const storage::Rows& rows) {
  return {.id = rows.get<core::Uuid>(0),
          .requested_at = rows.get<core::Timestamp>(1),
          .actor = rows.get<std::string>(2),
          .filter = {.subscription = given(rows.get<std::string>(3)),
                     .kind = given(rows.get<std::string>(4)),
                     .key = given(rows.get<std::string>(5)),
                     .error = given(rows.get<std::string>(6))},
          .matched = rows.get<std::int64_t>(7),
          .replayed = rows.get<std::int64_t>(8),
          .finished_at = rows.get<std::optional<core::Timestamp>>(9)};
}

}  // namespace

void BulkReplays::begin(storage::Connection& connection, BulkReplay replay) {
  auto session = connection.session(event_owner);
  const LetterFilter& filter = replay.filter;
  session.execute(
      "INSERT INTO event_replay(id, requested_at, actor, subscription, kind, key, error, matched)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      replay.id, replay.requested_at, replay.actor, filter.subscription.value_or(""),
      filter.kind.value_or(""), filter.key.value_or(""), filter.error.value_or(""), replay.matched);
  Run run{std::move(replay), {}};
  for (const auto& lane : lanes_) {
    if (run.replay.filter.subscription && lane->name() != *run.replay.filter.subscription) continue;
    if (lane->record().dead == 0) continue;
    const Scope& scope = run.scopes.emplace_back(Scope{lane.get(), Seq{0}, lane->record().deaths});
    session.execute(
        "INSERT INTO event_replay_scope(replay_id, subscription, after_seq, upto_death)"
        " VALUES(?1, ?2, 0, ?3)",
        run.replay.id, lane->name(), scope.upto_death);
  }
  runs_.push_back(std::move(run));
}

void BulkReplays::load(storage::Connection& connection, Seq) {
  auto session = connection.session(event_owner);
  auto unfinished = session.query(select_unfinished);
  while (unfinished.next()) {
    Run run{read(unfinished), {}};
    auto scopes = session.query(
        "SELECT subscription, after_seq, upto_death FROM event_replay_scope WHERE replay_id = ?1"
        " ORDER BY subscription",
        run.replay.id);
    while (scopes.next()) {
      Lane* lane = lanes_.find(scopes.get<std::string_view>(0));
      if (lane == nullptr) continue;
      run.scopes.push_back({lane, Seq{scopes.get<std::int64_t>(1)}, scopes.get<std::int64_t>(2)});
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
  session.execute("UPDATE event_replay SET replayed = ?2, finished_at = ?3 WHERE id = ?1",
                  run.replay.id, run.replay.replayed, run.replay.finished_at);
  if (!run.replay.finished_at) return;
  session.execute("DELETE FROM event_replay_scope WHERE replay_id = ?1", run.replay.id);
  telemetry::log("events").info("bulk replay finished id={} replayed={}", run.replay.id.to_string(),
                                run.replay.replayed);
}

bool BulkReplays::replay_some(storage::Connection& connection, Run& run, Scope& scope) {
  auto session = connection.session(event_owner);
  const LetterFilter& filter = run.replay.filter;
  std::vector<Seq> matching;
  std::int64_t looked_at = 0;
  {
    auto rows = session.query(
        "SELECT d.seq, d.key, e.kind, coalesce(d.error, '') FROM event_delivery d"
        " JOIN event_log e ON e.seq = d.seq WHERE d.subscription = ?1 AND d.state = 'dead'"
        " AND d.seq > ?2 AND d.death <= ?3 ORDER BY d.seq LIMIT ?4",
        scope.lane->name(), scope.after.value(), scope.upto_death, letters_a_step);
    while (rows.next()) {
      ++looked_at;
      scope.after = Seq{rows.get<std::int64_t>(0)};
      const bool matches = (!filter.key || rows.get<std::string_view>(1) == *filter.key) &&
                           (!filter.kind || rows.get<std::string_view>(2) == *filter.kind) &&
                           (!filter.error || rows.get<std::string_view>(3).find(*filter.error) !=
                                                 std::string_view::npos);
      if (matches) matching.push_back(scope.after);
    }
  }
  for (const Seq seq : matching) {
    const auto dead = scope.lane->find_dead(connection, seq);
    if (!dead) continue;
    scope.lane->replay(connection, *dead, std::nullopt);
    ++run.replay.replayed;
  }
  session.execute(
      "UPDATE event_replay_scope SET after_seq = ?3 WHERE replay_id = ?1 AND subscription = ?2",
      run.replay.id, scope.lane->name(), scope.after.value());
  return looked_at == letters_a_step;
}

std::optional<BulkReplay> find_bulk_replay(storage::Session session, core::Uuid id) {
  auto rows = session.query(select_one, id);
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

std::vector<BulkReplay> newest_bulk_replays(storage::Session session, std::size_t limit) {
  std::vector<BulkReplay> found;
  auto rows = session.query(select_newest, limit);
  while (rows.next())
    found.push_back(read(rows));
  return found;
}

}  // namespace orderflow::events
