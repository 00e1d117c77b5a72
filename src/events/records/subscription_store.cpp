#include "events/records/subscription_store.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace orderflow::events {

SubscriptionRecord load_subscription(storage::Session session, std::string_view name,
                                     Seq first_cursor) {
  session.execute(
      "INSERT INTO event_subscription(name, cursor) VALUES(?1, ?2)"
      " ON CONFLICT(name) DO UPDATE SET hosted = 1, forgotten_at = NULL",
      name, first_cursor.value());
  auto rows = session.query(
      "SELECT cursor, paused, handled, failed, running, retrying, parked, dead, deaths, generation"
      " FROM event_subscription WHERE name = ?1",
      name);
  rows.next();
  return {.cursor = Seq{rows.get<std::int64_t>(0)},
          .paused = rows.get<bool>(1),
          .handled = rows.get<std::int64_t>(2),
          .failed = rows.get<std::int64_t>(3),
          .running = rows.get<std::int64_t>(4),
          .retrying = rows.get<std::int64_t>(5),
          .parked = rows.get<std::int64_t>(6),
          .dead = rows.get<std::int64_t>(7),
          .deaths = rows.get<std::int64_t>(8),
          .generation = rows.get<std::int64_t>(9)};
}

void save_subscription(storage::Session session, std::string_view name,
                       const SubscriptionRecord& record) {
  session.execute(
      "UPDATE event_subscription SET cursor = ?2, handled = ?3, failed = ?4, running = ?5,"
      " retrying = ?6, parked = ?7, dead = ?8, paused = ?9, deaths = ?10, generation = ?11"
      " WHERE name = ?1",
      name, record.cursor.value(), record.handled, record.failed, record.running, record.retrying,
      record.parked, record.dead, record.paused, record.deaths, record.generation);
}

void remove_subscription(storage::Session session, std::string_view name) {
  session.execute("DELETE FROM event_subscription WHERE name = ?1", name);
}

bool has_subscription(storage::Session session, std::string_view name) {
  return session.query("SELECT 1 FROM event_subscription WHERE name = ?1", name).next();
}

void move_cursor(storage::Session session, std::string_view name, Seq cursor) {
  session.execute("UPDATE event_subscription SET cursor = ?1 WHERE name = ?2", cursor.value(),
                  name);
}

std::optional<Seq> lowest_cursor(storage::Session session) {
  auto rows =
      session.query("SELECT min(cursor) FROM event_subscription WHERE forgotten_at IS NULL");
  rows.next();
  const auto lowest = rows.get<std::optional<std::int64_t>>(0);
  if (!lowest) return std::nullopt;
  return Seq{*lowest};
}

std::optional<CursorInLog> cursor_in_log(storage::Session session, std::string_view name) {
  auto rows = session.query(
      "SELECT cursor, (SELECT coalesce(max(seq), 0) FROM event_log) FROM event_subscription"
      " WHERE name = ?1",
      name);
  if (!rows.next()) return std::nullopt;
  return CursorInLog{.cursor = Seq{rows.get<std::int64_t>(0)},
                     .newest = Seq{rows.get<std::int64_t>(1)}};
}

std::int64_t count_dead(storage::Session session, std::string_view name) {
  auto rows = session.query(
      "SELECT CAST(coalesce(sum(dead), 0) AS bigint) FROM event_subscription"
      " WHERE ?1 IN ('', name)",
      name);
  rows.next();
  return rows.get<std::int64_t>(0);
}

void give_up_subscriptions(storage::Session session) {
  session.execute("UPDATE event_subscription SET hosted = 0");
}

std::vector<UnhostedRecord> unhosted_records(storage::Session session, std::size_t limit) {
  std::map<std::string, UnhostedRecord> by_subscription;
  auto rows = session.query(
      "SELECT name, cursor, running + retrying, parked, dead FROM event_subscription"
      " WHERE hosted = 0 AND forgotten_at IS NULL");
  while (rows.next()) {
    const auto name = rows.get<std::string_view>(0);
    const auto [found, is_new] =
        by_subscription.try_emplace(std::string(name.substr(0, name.find('@'))));
    UnhostedRecord& record = found->second;
    const Seq cursor{rows.get<std::int64_t>(1)};
    record.cursor = is_new ? cursor : std::min(record.cursor, cursor);
    record.retrying += rows.get<std::int64_t>(2);
    record.parked += rows.get<std::int64_t>(3);
    record.dead += rows.get<std::int64_t>(4);
  }
  std::vector<UnhostedRecord> records;
  for (auto& [subscription, record] : by_subscription) {
    if (records.size() == limit) break;
    record.subscription = subscription;
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> unhosted_names(storage::Session session, std::string_view subscription) {
  std::vector<std::string> names;
  auto rows = session.query(
      "SELECT name FROM event_subscription WHERE hosted = 0 AND forgotten_at IS NULL"
      " AND (name = ?1 OR substr(name, 1, length(?1) + 1) = ?1 || '@') ORDER BY name",
      subscription);
  while (rows.next())
    names.push_back(rows.get<std::string>(0));
  return names;
}

void subtract_rows(storage::Session session, std::string_view name,
                   const SubscriptionRecord& removed) {
  session.execute(
      "UPDATE event_subscription SET running = running - ?2, retrying = retrying - ?3,"
      " parked = parked - ?4, dead = dead - ?5 WHERE name = ?1",
      name, removed.running, removed.retrying, removed.parked, removed.dead);
}

void mark_forgotten(storage::Session session, std::string_view name, core::Timestamp now) {
  session.execute("UPDATE event_subscription SET forgotten_at = ?2 WHERE name = ?1", name, now);
}

}  // namespace orderflow::events
