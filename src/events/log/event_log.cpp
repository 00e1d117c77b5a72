#include "events/log/event_log.hpp"

#include "events/log/forbidden_edit.hpp"
#include "storage/rows_looked_at.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

constexpr auto positions_scanned_max = static_cast<std::int64_t>(storage::rows_looked_at_max);

const std::string select_events =
    "SELECT seq, id, kind, version, key, origin, home, correlation_id, causation_id, traceparent,"
    " occurred_at, payload, audience FROM event_log ";
const std::string select_key_after = select_events + "WHERE key = ?1 AND seq > ?2 ORDER BY seq";
const std::string select_range = select_events + "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq";
const std::string select_key = select_events + "WHERE key = ?1 ORDER BY seq LIMIT ?2";
// The index is named because the alternative, to sort the log, holds all of it in memory.
const std::string select_by_key = select_events +
                                  "INDEXED BY event_log_by_key WHERE key > ?1 AND key <= ?2"
                                  " ORDER BY key, seq";
// Whoever still has a delivery of an event has its text too.
const std::string removable =
    "WHERE seq > ?1 AND seq <= ?2 AND NOT EXISTS (SELECT 1"
    " FROM event_delivery d WHERE d.key = event_log.key AND d.seq = event_log.seq)";
const std::string select_event = select_events + "WHERE seq = ?1";

core::FieldErrors changes_in(const Catalog& catalog, const Event& logged,
                             const std::string& payload, const EventBody& edited) {
  if (edited.type == nullptr) return {{"", edited.error}};
  const auto before = nlohmann::json::parse(logged.payload(), nullptr, false);
  if (before.is_discarded()) return {{"", "the logged event cannot be read"}};
  return forbidden_changes(before, nlohmann::json::parse(payload),
                           catalog.editable(logged.meta().kind, logged.meta().version));
}

EventBody forbidden(core::FieldErrors changes) {
  EventBody body;
  body.error = "the payload was edited where it may not be:";
  for (const core::FieldError& change : changes)
    body.error += ' ' + (change.pointer.empty() ? change.detail : change.pointer);
  body.value = std::make_shared<const ForbiddenEdit>(ForbiddenEdit{std::move(changes)});
  body.type = type_tag<ForbiddenEdit>();
  return body;
}

}  // namespace

EventPtr EventLog::read(const storage::Rows& rows) const {
  EventMeta meta;
  meta.seq = Seq{rows.get<std::int64_t>(0)};
  meta.id = EventId{rows.get<core::Uuid>(1)};
  meta.kind = rows.get<std::string>(2);
  meta.version = rows.get<int>(3);
  meta.key = rows.get<std::string>(4);
  meta.origin = rows.get<std::string>(5);
  meta.home = rows.get<std::string>(6);
  meta.correlation_id = rows.get<std::string>(7);
  if (const auto cause = rows.get<std::optional<core::Uuid>>(8))
    meta.causation_id = EventId{*cause};
  meta.traceparent = rows.get<std::string>(9);
  meta.occurred_at = rows.get<core::Timestamp>(10);
  auto payload = rows.get<std::string>(11);
  meta.audience = rows.get<std::string>(12);
  EventBody body = catalog_.read(meta.kind, meta.version, payload);
  return std::make_shared<const Event>(std::move(meta), std::move(payload), std::move(body));
}

EventLog::Page EventLog::page(storage::Session session, Seq after, const Filter& filter,
                              std::size_t limit) const {
  Page page{{}, after, false};
  const Seq last = newest(session);
  const auto take = [&](storage::Rows rows, Seq scan_end) {
    page.scanned_to = scan_end;
    while (rows.next()) {
      if (filter.kind && rows.get<std::string_view>(2) != *filter.kind) continue;
      page.events.push_back(read(rows));
      if (page.events.size() == limit) {
        page.scanned_to = page.events.back()->meta().seq;
        break;
      }
    }
    page.end = page.scanned_to >= last;
  };
  if (filter.key) {
    take(session.query(select_key_after, *filter.key, after.value()), last);
  } else {
    const auto first = first_after(session, after);
    const Seq scan_end{first ? std::min(last.value(), first->seq.value() + positions_scanned_max)
                             : last.value()};
    take(session.query(select_range, after.value(), scan_end.value()), std::max(scan_end, after));
  }
  return page;
}

bool Interest::holds(std::string_view kind, std::string_view audience) const noexcept {
  return (audience.empty() || audience == module) && std::ranges::find(kinds, kind) != kinds.end();
}

EventList EventLog::of_interest(storage::Session session, Seq after, Seq upto,
                                const Interest& interest, std::size_t limit) const {
  EventList events;
  auto rows = session.query(select_range, after.value(), upto.value());
  while (events.size() < limit && rows.next()) {
    if (interest.holds(rows.get<std::string_view>(2), rows.get<std::string_view>(12)))
      events.push_back(read(rows));
  }
  return events;
}

std::vector<EventLog::Heading> EventLog::headings(storage::Session session, Seq after,
                                                  Seq upto) const {
  std::vector<Heading> found;
  auto rows = session.query(
      "SELECT seq, id, kind, key, audience FROM event_log WHERE seq > ?1 AND seq <= ?2"
      " ORDER BY seq",
      after.value(), upto.value());
  while (rows.next()) {
    found.push_back({.seq = Seq{rows.get<std::int64_t>(0)},
                     .id = rows.get<core::Uuid>(1),
                     .kind = rows.get<std::string>(2),
                     .key = rows.get<std::string>(3),
                     .audience = rows.get<std::string>(4)});
  }
  return found;
}

bool EventLog::is_first_copy(storage::Session session, const core::Uuid& id, Seq seq,
                             const std::vector<std::string_view>& modules) const {
  auto rows =
      session.query("SELECT audience FROM event_log WHERE id = ?1 AND seq < ?2", id, seq.value());
  while (rows.next()) {
    if (std::ranges::find(modules, rows.get<std::string_view>(0)) != modules.end()) return false;
  }
  return true;
}

std::map<std::string, std::int64_t, std::less<>> EventLog::count_by_kind(storage::Session session,
                                                                         Seq after,
                                                                         Seq upto) const {
  std::map<std::string, std::int64_t, std::less<>> counts;
  auto rows = session.query("SELECT kind FROM event_log WHERE seq > ?1 AND seq <= ?2",
                            after.value(), upto.value());
  while (rows.next())
    ++counts[rows.get<std::string>(0)];
  return counts;
}

Seq EventLog::removed_to(storage::Session session) {
  auto rows = session.query("SELECT removed_to FROM event_retention");
  rows.next();
  return Seq{rows.get<std::int64_t>(0)};
}

EventList EventLog::of_key(storage::Session session, std::string_view key,
                           std::size_t limit) const {
  EventList events;
  auto rows = session.query(select_key, key, limit);
  while (rows.next())
    events.push_back(read(rows));
  return events;
}

EventPtr EventLog::find(storage::Session session, Seq seq) const {
  auto rows = session.query(select_event, seq.value());
  return rows.next() ? read(rows) : nullptr;
}

void EventLog::each_by_key(storage::Session session, const KeyRange& range,
                           const std::function<void(const EventPtr&)>& visit) const {
  auto rows = session.query(select_by_key, range.after, range.upto);
  while (rows.next())
    visit(read(rows));
}

EventPtr EventLog::with_payload(const Event& logged, std::string payload) const {
  const EventMeta& meta = logged.meta();
  EventBody body = catalog_.read(meta.kind, meta.version, payload);
  core::FieldErrors changes = changes_in(catalog_, logged, payload, body);
  if (!changes.empty()) body = forbidden(std::move(changes));
  return std::make_shared<const Event>(meta, std::move(payload), std::move(body));
}

Seq EventLog::newest(storage::Session session) {
  auto rows = session.query(
      "SELECT removed_to, (SELECT coalesce(max(seq), 0) FROM event_log) FROM event_retention");
  rows.next();
  return Seq{std::max(rows.get<std::int64_t>(0), rows.get<std::int64_t>(1))};
}

std::optional<EventLog::LogEntry> EventLog::first_after(storage::Session session, Seq after) {
  auto rows = session.query(
      "SELECT seq, occurred_at FROM event_log WHERE seq > ?1 ORDER BY seq LIMIT 1", after.value());
  if (!rows.next()) return std::nullopt;
  return LogEntry{Seq{rows.get<std::int64_t>(0)}, rows.get<core::Timestamp>(1)};
}

std::vector<EventLog::LogEntry> EventLog::entries(storage::Session session, Seq after, Seq upto,
                                                  std::size_t limit) {
  std::vector<LogEntry> found;
  auto rows = session.query(
      "SELECT seq, occurred_at FROM event_log WHERE seq > ?1 AND seq <= ?2"
      " ORDER BY seq LIMIT ?3",
      after.value(), upto.value(), limit);
  while (rows.next())
    found.push_back({Seq{rows.get<std::int64_t>(0)}, rows.get<core::Timestamp>(1)});
  return found;
}

std::optional<std::string> EventLog::home_of(storage::Session session, std::string_view key) {
  auto rows = session.query("SELECT home FROM event_log WHERE key = ?1 ORDER BY seq LIMIT 1", key);
  if (!rows.next()) return std::nullopt;
  return rows.get<std::string>(0);
}

std::optional<Seq> EventLog::position_of(storage::Session session, const core::Uuid& id,
                                         std::string_view audience) {
  auto rows = session.query(
      "SELECT seq FROM event_log WHERE id = ?1 AND audience IN ('', ?2) ORDER BY audience", id,
      audience);
  if (!rows.next()) return std::nullopt;
  return Seq{rows.get<std::int64_t>(0)};
}

std::optional<std::string> EventLog::key_after(storage::Session session, std::string_view after,
                                               std::int64_t skipped) {
  auto rows = session.query(
      "SELECT key FROM event_log WHERE key > ?1 AND length(key) = 36 ORDER BY key"
      " LIMIT 1 OFFSET ?2",
      after, skipped);
  if (!rows.next()) return std::nullopt;
  return rows.get<std::string>(0);
}

bool EventLog::append(storage::Session session, const EventMeta& meta, std::string_view payload) {
  std::optional<core::Uuid> cause;
  if (meta.causation_id) cause = meta.causation_id->value();
  const auto added = session.execute(
      "INSERT INTO event_log(seq, id, kind, version, key, origin, home,"
      " correlation_id, causation_id, traceparent, occurred_at, payload,"
      " audience)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
      " ON CONFLICT(id, audience) DO NOTHING",
      meta.seq.value(), meta.id.value(), meta.kind, meta.version, meta.key, meta.origin, meta.home,
      meta.correlation_id, cause, meta.traceparent, meta.occurred_at, payload, meta.audience);
  return added > 0;
}

std::optional<Seq> EventLog::end_of_step(storage::Session session, Seq after, Seq upto,
                                         std::size_t events_max) {
  auto rows = session.query(
      "SELECT max(seq) FROM (SELECT seq FROM event_log WHERE seq > ?1"
      " AND seq <= ?2 ORDER BY seq LIMIT ?3) AS step",
      after.value(), upto.value(), events_max);
  rows.next();
  const auto end = rows.get<std::optional<std::int64_t>>(0);
  if (!end) return std::nullopt;
  return Seq{*end};
}

std::int64_t EventLog::remove(storage::Session session, Seq after, Seq upto,
                              core::Timestamp remember_from) {
  session.execute(
      "INSERT INTO event_removed(id, audience, occurred_at)"
      " SELECT id, audience, occurred_at FROM event_log " +
          removable +
          " AND audience <> '' AND occurred_at >= ?3 ORDER BY seq"
          " ON CONFLICT DO NOTHING",
      after.value(), upto.value(), remember_from);
  session.execute("UPDATE event_retention SET remembers_since = ?1 WHERE remembers_since < ?1",
                  remember_from);
  return session.execute("DELETE FROM event_log " + removable, after.value(), upto.value());
}

bool EventLog::was_removed(storage::Session session, const core::Uuid& id,
                           std::string_view audience) {
  return session.query("SELECT 1 FROM event_removed WHERE id = ?1 AND audience = ?2", id, audience)
      .next();
}

void EventLog::forget_removed(storage::Session session, core::Timestamp remember_from,
                              std::size_t limit) {
  session.execute(
      "DELETE FROM event_removed WHERE occurred_at < ?1 AND place IN"
      " (SELECT place FROM event_removed ORDER BY place LIMIT ?2)",
      remember_from, limit);
}

core::Timestamp EventLog::remembers_since(storage::Session session) {
  auto rows = session.query("SELECT remembers_since FROM event_retention");
  rows.next();
  return rows.get<core::Timestamp>(0);
}

void EventLog::note_removed(storage::Session session, Seq upto, std::int64_t removed) {
  session.execute(
      "UPDATE event_retention SET removed = removed + ?2,"
      " removed_to = CASE WHEN removed_to < ?1 THEN ?1 ELSE removed_to END",
      upto.value(), removed);
}

}  // namespace orderflow::events
