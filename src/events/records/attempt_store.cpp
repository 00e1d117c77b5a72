#include "events/records/attempt_store.hpp"

#include <algorithm>

namespace orderflow::events {

void keep_attempt(storage::Session session, std::string_view subscription, const Event& event,
                  const AttemptRecord& attempt) {
  session.execute(
      "INSERT INTO event_attempt(subscription, seq, attempt, key, started_at, duration_us, error)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
      " ON CONFLICT(subscription, seq, attempt) DO UPDATE SET key = excluded.key,"
      " started_at = excluded.started_at, duration_us = excluded.duration_us,"
      " error = excluded.error, times = 1, first_started_at = NULL",
      subscription, event.meta().seq.value(), attempt.attempt, event.meta().key, attempt.started_at,
      attempt.duration.count(), attempt.error);
}

void keep_uncounted_attempt(storage::Session session, std::string_view subscription,
                            const Event& event, const AttemptRecord& attempt,
                            const AttemptCount& attempts) {
  const bool is_first = attempts.uncounted_in_a_row < 2;
  const auto merged = is_first ? 0
                               : session.execute(
                                     "UPDATE event_attempt SET attempt = ?3, times = times + 1,"
                                     " first_started_at = coalesce(first_started_at, started_at),"
                                     " started_at = ?4, duration_us = ?5, error = ?6"
                                     " WHERE subscription = ?1 AND seq = ?2 AND attempt = ?3 - 1",
                                     subscription, event.meta().seq.value(), attempt.attempt,
                                     attempt.started_at, attempt.duration.count(), attempt.error);
  if (merged == 0) keep_attempt(session, subscription, event, attempt);
}

void move_attempts(storage::Session session, std::string_view from, std::string_view to) {
  session.execute(
      "DELETE FROM event_attempt WHERE subscription = ?1 AND EXISTS"
      " (SELECT 1 FROM event_attempt AS moved WHERE moved.subscription = ?2"
      " AND moved.seq = event_attempt.seq AND moved.attempt = event_attempt.attempt)",
      to, from);
  session.execute("UPDATE event_attempt SET subscription = ?1 WHERE subscription = ?2", to, from);
}

void remove_attempts(storage::Session session, std::string_view subscription) {
  session.execute("DELETE FROM event_attempt WHERE subscription = ?1", subscription);
}

bool remove_some_attempts(storage::Session session, std::string_view subscription,
                          std::int64_t events_max) {
  return session.execute(
             "DELETE FROM event_attempt WHERE subscription = ?1 AND seq IN"
             " (SELECT DISTINCT seq FROM event_attempt WHERE subscription = ?1 LIMIT ?2)",
             subscription, events_max) > 0;
}

void remove_attempts_without_event(storage::Session session, Seq after, Seq upto) {
  session.execute(
      "DELETE FROM event_attempt WHERE subscription IN (SELECT name FROM event_subscription)"
      " AND seq > ?1 AND seq <= ?2"
      " AND NOT EXISTS (SELECT 1 FROM event_log e WHERE e.seq = event_attempt.seq)",
      after.value(), upto.value());
}

std::vector<AttemptView> attempts_of_key(storage::Session session, std::string_view key,
                                         std::size_t limit) {
  std::vector<AttemptView> found;
  auto rows = session.query(
      "SELECT subscription, seq, attempt, started_at, duration_us, error, times, first_started_at"
      " FROM event_attempt WHERE key = ?1 ORDER BY started_at, seq LIMIT ?2",
      key, limit);
  while (rows.next()) {
    found.push_back({rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)},
                     AttemptRecord{rows.get<int>(2), rows.get<core::Timestamp>(3),
                                   core::Duration{rows.get<std::int64_t>(4)},
                                   rows.get<std::optional<std::string>>(5), rows.get<int>(6),
                                   rows.get<std::optional<core::Timestamp>>(7)}});
  }
  return found;
}

std::vector<AttemptRecord> attempts_of_event(storage::Session session,
                                             std::string_view subscription, Seq seq,
                                             std::size_t limit) {
  std::vector<AttemptRecord> found;
  auto rows = session.query(
      "SELECT attempt, started_at, duration_us, error, times, first_started_at FROM event_attempt"
      " WHERE subscription = ?1 AND seq = ?2 ORDER BY attempt DESC LIMIT ?3",
      subscription, seq.value(), limit);
  while (rows.next()) {
    found.push_back({rows.get<int>(0), rows.get<core::Timestamp>(1),
                     core::Duration{rows.get<std::int64_t>(2)},
                     rows.get<std::optional<std::string>>(3), rows.get<int>(4),
                     rows.get<std::optional<core::Timestamp>>(5)});
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace orderflow::events
