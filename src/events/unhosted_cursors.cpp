#include "events/unhosted_cursors.hpp"

#include "events/delivery_store.hpp"
#include "events/event_log.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace orderflow::events {
namespace {

constexpr std::int64_t rows_a_step = 1'000;

std::string_view module_of(std::string_view subscription) {
  return subscription.substr(0, subscription.find('.'));
}

/// A rebuild's record is named after its subscription: "users.statistics@3".
bool is_of_rebuild(std::string_view record) {
  return record.find('@') != std::string_view::npos;
}

std::string_view subscription_of(std::string_view record) {
  return record.substr(0, record.find('@'));
}

/// The records that nobody works and that go by this subscription's name.
std::vector<std::string> records_of(storage::Session session, std::string_view subscription) {
  std::vector<std::string> names;
  auto rows = session.query(
      "SELECT name FROM event_subscription WHERE hosted = 0 AND forgotten_at IS NULL"
      " AND (name = ?1 OR substr(name, 1, length(?1) + 1) = ?1 || '@') ORDER BY name",
      subscription);
  while (rows.next())
    names.push_back(rows.get<std::string>(0));
  return names;
}

/// Removes some rows of a record, and counts them no more. False where none is left.
bool remove_rows(storage::Session session, std::string_view record) {
  SubscriptionRecord removed;
  std::int64_t count = 0;
  {
    auto rows = session.query(
        "DELETE FROM event_delivery WHERE subscription = ?1 AND seq IN"
        " (SELECT seq FROM event_delivery WHERE subscription = ?1 LIMIT ?2) RETURNING state",
        record, rows_a_step);
    for (; rows.next(); ++count)
      ++removed.count(parse_delivery_state(rows.get<std::string_view>(0)));
  }
  if (count > 0) {
    session.execute(
        "UPDATE event_subscription SET running = running - ?2, retrying = retrying - ?3,"
        " parked = parked - ?4, dead = dead - ?5 WHERE name = ?1",
        record, removed.running, removed.retrying, removed.parked, removed.dead);
    return true;
  }
  return session.execute(
             "DELETE FROM event_attempt WHERE subscription = ?1 AND seq IN"
             " (SELECT DISTINCT seq FROM event_attempt WHERE subscription = ?1 LIMIT ?2)",
             record, rows_a_step) > 0;
}

/// The rows of a rebuild that will not go on are removed as those of an old generation are.
void give_up_rebuild(storage::Session session, std::string_view subscription,
                     std::string_view record) {
  session.execute(
      "INSERT INTO event_stale_generation(subscription, generation)"
      " SELECT subscription, generation FROM event_rebuild WHERE subscription = ?1"
      " ON CONFLICT DO NOTHING",
      subscription);
  session.execute("DELETE FROM event_rebuild WHERE subscription = ?1", subscription);
  session.execute("DELETE FROM event_subscription WHERE name = ?1", record);
}

}  // namespace

void give_up_cursors(storage::Connection& connection) {
  connection.session(event_owner).execute("UPDATE event_subscription SET hosted = 0");
}

std::vector<UnhostedCursor> unhosted_cursors(storage::Session session, const ModuleNames& absent) {
  std::map<std::string, UnhostedCursor> by_name;
  auto rows = session.query(
      "SELECT name, cursor, running + retrying, parked, dead FROM event_subscription"
      " WHERE hosted = 0 AND forgotten_at IS NULL");
  while (rows.next()) {
    const auto record = rows.get<std::string>(0);
    const auto [found, is_new] = by_name.try_emplace(std::string(subscription_of(record)));
    UnhostedCursor& cursor = found->second;
    const Seq seq{rows.get<std::int64_t>(1)};
    cursor.cursor = is_new ? seq : std::min(cursor.cursor, seq);
    cursor.retrying += rows.get<std::int64_t>(2);
    cursor.parked += rows.get<std::int64_t>(3);
    cursor.dead += rows.get<std::int64_t>(4);
  }
  std::vector<UnhostedCursor> cursors;
  for (auto& [name, cursor] : by_name) {
    if (cursors.size() == unhosted_cursors_max) break;
    cursor.name = name;
    const auto module = absent.find(module_of(name));
    if (module != absent.end()) cursor.module = *module;
    cursors.push_back(std::move(cursor));
  }
  return cursors;
}

Forgetting forget_cursor(storage::Connection& connection, std::string_view name,
                         const ModuleNames& absent, core::Timestamp now) {
  auto session = connection.session(event_owner);
  const auto records = records_of(session, name);
  if (records.empty()) return Forgetting::no_such_cursor;
  const bool may_come_back = absent.contains(module_of(name));
  for (const std::string& record : records) {
    const bool keeps_rows = may_come_back && !is_of_rebuild(record);
    if (!keeps_rows && remove_rows(session, record)) return Forgetting::under_way;
  }
  for (const std::string& record : records) {
    if (is_of_rebuild(record)) {
      give_up_rebuild(session, name, record);
    } else {
      session.execute("UPDATE event_subscription SET forgotten_at = ?2 WHERE name = ?1", record,
                      now);
    }
  }
  return Forgetting::done;
}

}  // namespace orderflow::events
