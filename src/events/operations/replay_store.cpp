#include "events/operations/replay_store.hpp"

#include <utility>

namespace orderflow::events {
namespace {

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

void insert_replay(storage::Session session, const BulkReplay& replay) {
  const DeadLetterFilter& filter = replay.filter;
  session.execute(
      "INSERT INTO event_replay(id, requested_at, actor, subscription, kind, key, error, matched)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      replay.id, replay.requested_at, replay.actor, filter.subscription.value_or(""),
      filter.kind.value_or(""), filter.key.value_or(""), filter.error.value_or(""), replay.matched);
}

void insert_scope(storage::Session session, const core::Uuid& replay, const ReplayScope& scope) {
  session.execute(
      "INSERT INTO event_replay_scope(replay_id, subscription, after_seq, upto_death)"
      " VALUES(?1, ?2, 0, ?3)",
      replay, scope.subscription, scope.upto_death);
}

void save_replay(storage::Session session, const BulkReplay& replay) {
  session.execute("UPDATE event_replay SET replayed = ?2, finished_at = ?3 WHERE id = ?1",
                  replay.id, replay.replayed, replay.finished_at);
}

void save_scope(storage::Session session, const core::Uuid& replay, const ReplayScope& scope) {
  session.execute(
      "UPDATE event_replay_scope SET after_seq = ?3 WHERE replay_id = ?1 AND subscription = ?2",
      replay, scope.subscription, scope.after.value());
}

void remove_scopes(storage::Session session, const core::Uuid& replay) {
  session.execute("DELETE FROM event_replay_scope WHERE replay_id = ?1", replay);
}

std::vector<BulkReplay> unfinished_replays(storage::Session session) {
  std::vector<BulkReplay> found;
  auto rows = session.query(select_unfinished);
  while (rows.next())
    found.push_back(read(rows));
  return found;
}

std::vector<ReplayScope> scopes_of(storage::Session session, const core::Uuid& replay) {
  std::vector<ReplayScope> found;
  auto rows = session.query(
      "SELECT subscription, after_seq, upto_death FROM event_replay_scope WHERE replay_id = ?1",
      replay);
  while (rows.next()) {
    found.push_back(
        {rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}, rows.get<std::int64_t>(2)});
  }
  return found;
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
