#include "events/integrity/integrity_store.hpp"

#include "events/log/event_log.hpp"
#include "storage/ownership.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::events::integrity_store {
namespace {

std::int64_t number(storage::Session session, std::string_view sql) {
  storage::Rows rows = session.query(sql);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

/// Whether the detail of an audit entry has a payload: that of an edit.
bool has_payload(std::string_view detail) {
  const auto document = nlohmann::json::parse(detail, nullptr, false);
  const auto payload = document.find("payload");
  return payload != document.end() && !payload->is_null();
}

Positions positions_of(storage::Rows rows) {
  Positions positions;
  while (rows.next())
    positions[rows.get<std::string>(0)].insert(rows.get<std::int64_t>(1));
  return positions;
}

}  // namespace

bool has_unhosted(storage::Connection& connection) {
  return connection.session(storage::Ownership::storage_layer)
      .query("SELECT 1 FROM storage_migration WHERE owner = 'event' AND number = 6")
      .next();
}

Seq removed_to(storage::Connection& connection) {
  auto session = connection.session(event_owner);
  // A log that does not begin at 1 has lost its beginning, whatever else is stored of it.
  const std::int64_t first = number(session, "SELECT coalesce(min(seq), 1) FROM event_log");
  const Seq stored =
      connection.has_table("event_retention") ? EventLog::removed_to(session) : Seq{0};
  return std::max(stored, Seq{first - 1});
}

Seq newest(storage::Session session) {
  return Seq{number(session, "SELECT coalesce(max(seq), 0) FROM event_log")};
}

std::map<std::string, Seq, std::less<>> cursors(storage::Session session) {
  std::map<std::string, Seq, std::less<>> found;
  auto rows = session.query("SELECT name, cursor FROM event_subscription");
  while (rows.next())
    found.emplace(rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)});
  return found;
}

Positions positions_with_row(storage::Session session) {
  return positions_of(session.query("SELECT subscription, seq FROM event_delivery"));
}

Positions positions_done_by_hand(storage::Connection& connection) {
  if (!connection.has_table("event_audit")) return {};
  Positions positions;
  auto rows = connection.session(event_owner)
                  .query(
                      "SELECT subscription, seq, action, detail FROM event_audit"
                      " WHERE seq IS NOT NULL");
  while (rows.next()) {
    if (rows.get<std::string_view>(2) == "discard" || has_payload(rows.get<std::string_view>(3)))
      positions[rows.get<std::string>(0)].insert(rows.get<std::int64_t>(1));
  }
  return positions;
}

std::set<std::string, std::less<>> rebuilding(storage::Connection& connection) {
  std::set<std::string, std::less<>> found;
  if (!connection.has_table("event_rebuild")) return found;
  auto rows = connection.session(event_owner).query("SELECT subscription FROM event_rebuild");
  while (rows.next())
    found.insert(rows.get<std::string>(0));
  return found;
}

std::int64_t count_events(storage::Session session) {
  return number(session, "SELECT count(*) FROM event_log");
}

std::int64_t count_caused(storage::Session session) {
  return number(session, "SELECT count(*) FROM event_log WHERE causation_id IS NOT NULL");
}

std::int64_t count_parked(storage::Session session) {
  return number(session, "SELECT count(*) FROM event_delivery WHERE state = 'parked'");
}

std::int64_t count_attempts(storage::Session session) {
  return number(session, "SELECT count(*) FROM event_attempt");
}

storage::Rows gaps_in_log(storage::Session session, Seq removed_to) {
  return session.query(
      "SELECT 'the place before event ' || seq || ' is empty' FROM event_log AS later"
      " WHERE seq > ?1 + 1 AND NOT EXISTS"
      " (SELECT 1 FROM event_log WHERE seq = later.seq - 1)",
      removed_to.value());
}

storage::Rows ids_not_unique(storage::Session session) {
  return session.query(
      "SELECT 'the id of event ' || max(seq) || ' is not unique' FROM event_log"
      " GROUP BY id, audience HAVING count(*) > 1");
}

storage::Rows wrong_causes(storage::Session session, Seq removed_to) {
  return session.query(
      "SELECT 'event ' || effect.seq || ' (' || effect.kind || ') was caused by '"
      " || CASE WHEN cause.seq IS NULL THEN 'an event that is not there'"
      "         WHEN cause.seq >= effect.seq THEN 'event ' || cause.seq || ', which is not before "
      "it'"
      "         ELSE 'event ' || cause.seq || ', which has another correlation id' END"
      " FROM event_log AS effect LEFT JOIN event_log AS cause ON cause.id = effect.causation_id"
      " AND (cause.audience = ''"
      "      OR substr(effect.origin, length(effect.origin) - length(cause.audience))"
      "         = '/' || cause.audience)"
      " WHERE effect.causation_id IS NOT NULL AND effect.audience = ''"
      " AND ((cause.seq IS NULL AND ?1 = 0) OR cause.seq >= effect.seq"
      "      OR cause.correlation_id <> effect.correlation_id)",
      removed_to.value());
}

storage::Rows cursors_beyond_the_log(storage::Session session, Seq newest, Seq removed_to) {
  return session.query(
      "SELECT name || ' has its cursor at ' || cursor || ', but the log ends at ' || ?1"
      " FROM event_subscription WHERE (cursor > ?1 AND cursor > ?2) OR cursor < 0",
      newest.value(), removed_to.value());
}

storage::Rows wrong_counts(storage::Session session) {
  return session.query(
      "SELECT name || ' shows ' || running || ' running, ' || retrying || ' retrying, '"
      " || parked || ' parked and ' || dead || ' dead, but the rows are '"
      " || r || ', ' || t || ', ' || p || ' and ' || d FROM event_subscription AS s JOIN"
      " (SELECT own.name AS owner, count(*) FILTER (WHERE state = 'running') AS r,"
      "  count(*) FILTER (WHERE state = 'retrying') AS t,"
      "  count(*) FILTER (WHERE state = 'parked') AS p,"
      "  count(*) FILTER (WHERE state = 'dead') AS d"
      "  FROM event_subscription AS own LEFT JOIN event_delivery ON subscription = own.name"
      "  GROUP BY own.name) AS counted ON owner = s.name"
      " WHERE (running, retrying, parked, dead) <> (r, t, p, d)");
}

storage::Rows deliveries_without_event(storage::Session session) {
  return session.query(
      "SELECT subscription || ' has a row for event ' || d.seq || CASE"
      " WHEN name IS NULL THEN ', but there is no such subscription'"
      " WHEN e.seq IS NULL THEN ', which is not in the log'"
      " WHEN e.key <> d.key THEN ' under the key of another'"
      " ELSE ', which is beyond its cursor ' || cursor END"
      " FROM event_delivery AS d LEFT JOIN event_log AS e ON e.seq = d.seq"
      " LEFT JOIN event_subscription ON name = subscription"
      " WHERE name IS NULL OR e.seq IS NULL OR e.key <> d.key OR d.seq > cursor");
}

storage::Rows retries_without_time(storage::Session session) {
  return session.query(
      "SELECT subscription || ' retries event ' || seq || ' at no time' FROM event_delivery"
      " WHERE state = 'retrying' AND next_attempt_at IS NULL");
}

storage::Rows parked_behind_nothing(storage::Session session) {
  return session.query(
      "SELECT subscription || ' has parked event ' || seq || ' behind nothing'"
      " FROM event_delivery AS d WHERE state = 'parked' AND NOT EXISTS (SELECT 1 FROM"
      " event_delivery AS a WHERE a.subscription = d.subscription AND a.key = d.key"
      " AND a.seq < d.seq)");
}

storage::Rows before_earlier_of_key(storage::Session session) {
  return session.query(
      "SELECT subscription, ' has event ' || seq || ' ' || state || ' before an earlier one of '"
      " || key FROM event_delivery AS d WHERE state <> 'parked' AND EXISTS (SELECT 1 FROM"
      " event_delivery AS a WHERE a.subscription = d.subscription AND a.key = d.key"
      " AND a.seq < d.seq)");
}

storage::Rows last_attempt_not_kept(storage::Session session) {
  return session.query(
      "SELECT subscription || ' counts ' || attempts || ' failed attempts for event ' || seq"
      " || ', but the last one is not kept' FROM event_delivery AS d"
      " WHERE attempts < 0 OR (attempts > 0 AND NOT EXISTS (SELECT 1 FROM event_attempt AS a"
      " WHERE a.subscription = d.subscription AND a.seq = d.seq AND a.attempt = d.attempts))");
}

storage::Rows dead_without_error(storage::Session session) {
  return session.query(
      "SELECT subscription || ' has event ' || seq || ' dead, and there is no error'"
      " FROM event_delivery WHERE state = 'dead' AND error IS NULL");
}

storage::Rows edited_payloads(storage::Session session) {
  return session.query(
      "SELECT subscription, seq, payload FROM event_delivery WHERE payload IS NOT NULL");
}

}  // namespace orderflow::events::integrity_store
