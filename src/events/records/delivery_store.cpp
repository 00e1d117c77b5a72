#include "events/records/delivery_store.hpp"

#include "events/log/event_log.hpp"

namespace orderflow::events {
namespace {

/// Planned while the clock was ahead: due later than ?3, and not after an attempt that began before
/// ?2, the present. A peer may have asked for a rest that is longer than the policy's.
#define FAR_AWAY                                                                \
  "d.subscription = ?1 AND d.state = 'retrying' AND d.next_attempt_at > ?3 AND" \
  " NOT EXISTS (SELECT 1 FROM event_attempt AS a WHERE a.subscription = ?1"     \
  " AND a.seq = d.seq AND a.attempt = d.attempts AND a.started_at <= ?2)"

storage::Session session_of(storage::Connection& connection) {
  return connection.session(event_owner);
}

}  // namespace

bool DeliveryStore::blocks(storage::Connection& connection, std::string_view key) {
  // The usual case: nothing is failing, and nothing has to be asked.
  if (record_.rows() == 0) return false;
  return session_of(connection)
      .query("SELECT 1 FROM event_delivery WHERE subscription = ?1 AND key = ?2 LIMIT 1",
             subscription_, key)
      .next();
}

void DeliveryStore::insert(storage::Connection& connection, const Event& event, DeliveryState state,
                           core::Timestamp now) {
  session_of(connection)
      .execute(
          "INSERT INTO event_delivery(subscription, seq, key, state, since)"
          " VALUES(?1, ?2, ?3, ?4, ?5)",
          subscription_, event.meta().seq.value(), event.meta().key, to_string(state), now);
  ++record_.count(state);
}

void DeliveryStore::fail(storage::Connection& connection, const Event& event,
                         std::optional<DeliveryState> old_state, const FailureRecord& failure,
                         core::Timestamp now) {
  std::optional<std::int64_t> death;
  if (failure.state == DeliveryState::dead) death = ++record_.deaths;
  session_of(connection)
      .execute(
          "INSERT INTO event_delivery(subscription, seq, key, state, attempts, attempts_forgiven,"
          " next_attempt_at, error, since, death, forgiven_in_a_row)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
          " ON CONFLICT(subscription, seq) DO UPDATE SET state = ?4, attempts = ?5,"
          " attempts_forgiven = ?6, next_attempt_at = ?7, error = ?8, death = ?10,"
          " forgiven_in_a_row = ?11",
          subscription_, event.meta().seq.value(), event.meta().key, to_string(failure.state),
          failure.attempts.failed, failure.attempts.uncounted, failure.next_attempt_at,
          failure.error, now, death, failure.attempts.uncounted_in_a_row);
  if (old_state) --record_.count(*old_state);
  ++record_.count(failure.state);
}

std::optional<DeadDelivery> DeliveryStore::find_dead(storage::Connection& connection, Seq seq) {
  auto rows = session_of(connection)
                  .query(
                      "SELECT key, attempts, attempts_forgiven, payload FROM event_delivery"
                      " WHERE subscription = ?1 AND seq = ?2 AND state = 'dead'",
                      subscription_, seq.value());
  if (!rows.next()) return std::nullopt;
  return DeadDelivery{seq,
                      rows.get<std::string>(0),
                      {rows.get<int>(1), rows.get<int>(2)},
                      rows.get<std::optional<std::string>>(3)};
}

void DeliveryStore::revive(storage::Connection& connection, const DeadDelivery& dead,
                           const std::optional<std::string>& payload, core::Timestamp now) {
  session_of(connection)
      .execute(
          "UPDATE event_delivery SET state = 'retrying', next_attempt_at = ?3,"
          " attempts_forgiven = attempts, forgiven_in_a_row = 0, payload = coalesce(?4, payload),"
          " death = NULL"
          " WHERE subscription = ?1 AND seq = ?2",
          subscription_, dead.seq.value(), now, payload);
  --record_.dead;
  ++record_.retrying;
}

void DeliveryStore::move(storage::Connection& connection, Seq seq, DeliveryState from,
                         DeliveryState to, std::optional<core::Timestamp> next_attempt_at) {
  session_of(connection)
      .execute(
          "UPDATE event_delivery SET state = ?3, next_attempt_at = ?4"
          " WHERE subscription = ?1 AND seq = ?2",
          subscription_, seq.value(), to_string(to), next_attempt_at);
  --record_.count(from);
  ++record_.count(to);
}

void DeliveryStore::remove(storage::Connection& connection, Seq seq, DeliveryState state) {
  session_of(connection)
      .execute("DELETE FROM event_delivery WHERE subscription = ?1 AND seq = ?2", subscription_,
               seq.value());
  --record_.count(state);
}

void DeliveryStore::release_next(storage::Connection& connection, std::string_view key,
                                 core::Timestamp now) {
  if (record_.parked == 0) return;
  std::optional<Seq> next;
  {
    auto rows = session_of(connection)
                    .query(
                        "SELECT seq FROM event_delivery WHERE subscription = ?1 AND key = ?2"
                        " AND state = 'parked' ORDER BY seq LIMIT 1",
                        subscription_, key);
    if (rows.next()) next = Seq{rows.get<std::int64_t>(0)};
  }
  if (next) move(connection, *next, DeliveryState::parked, DeliveryState::retrying, now);
}

void DeliveryStore::resume_running(storage::Connection& connection, core::Timestamp now) {
  if (record_.running == 0) return;
  const auto moved = session_of(connection)
                         .execute(
                             "UPDATE event_delivery SET state = 'retrying', next_attempt_at = ?2"
                             " WHERE subscription = ?1 AND state = 'running'",
                             subscription_, now);
  record_.running -= moved;
  record_.retrying += moved;
}

void DeliveryStore::take_over_rows(storage::Connection& connection, std::string_view other) {
  auto session = session_of(connection);
  session.execute("DELETE FROM event_delivery WHERE subscription = ?1", subscription_);
  session.execute("UPDATE event_delivery SET subscription = ?1 WHERE subscription = ?2",
                  subscription_, other);
}

void DeliveryStore::remove_all(storage::Connection& connection) {
  session_of(connection)
      .execute("DELETE FROM event_delivery WHERE subscription = ?1", subscription_);
}

void DeliveryStore::release_orphaned_parked(storage::Connection& connection, core::Timestamp now) {
  if (record_.parked == 0) return;
  const auto moved =
      session_of(connection)
          .execute(
              "UPDATE event_delivery AS waiting SET state = 'retrying', next_attempt_at = ?2"
              " WHERE subscription = ?1 AND state = 'parked' AND NOT EXISTS"
              " (SELECT 1 FROM event_delivery AS earlier WHERE earlier.subscription = ?1"
              " AND earlier.key = waiting.key AND earlier.seq < waiting.seq)",
              subscription_, now);
  record_.parked -= moved;
  record_.retrying += moved;
}

void DeliveryStore::bring_near(storage::Connection& connection, core::Timestamp now,
                               core::Duration longest) {
  session_of(connection)
      .execute("UPDATE event_delivery AS d SET next_attempt_at = ?2 WHERE " FAR_AWAY, subscription_,
               now, now + longest);
}

bool DeliveryStore::has_far(storage::Connection& connection, core::Timestamp now,
                            core::Duration longest) {
  if (record_.retrying == 0) return false;
  // Those are the last: a look at some of them is enough, and takes no time where peers have asked
  // for long rests.
  constexpr std::int64_t looked_at_max = 256;
  return session_of(connection)
      .query(
          "SELECT 1 FROM (SELECT * FROM event_delivery WHERE subscription = ?1 AND"
          " state = 'retrying' AND next_attempt_at > ?3 ORDER BY next_attempt_at DESC LIMIT ?4)"
          " AS d WHERE " FAR_AWAY " LIMIT 1",
          subscription_, now, now + longest, looked_at_max)
      .next();
}

std::vector<DueDelivery> DeliveryStore::due(storage::Connection& connection, core::Timestamp now,
                                            std::size_t limit) {
  std::vector<DueDelivery> found;
  auto rows = session_of(connection)
                  .query(
                      "SELECT seq, attempts, attempts_forgiven, forgiven_in_a_row, payload"
                      " FROM event_delivery"
                      " WHERE subscription = ?1 AND state = 'retrying' AND next_attempt_at <= ?2"
                      " ORDER BY next_attempt_at, seq LIMIT ?3",
                      subscription_, now, limit);
  while (rows.next())
    found.push_back({Seq{rows.get<std::int64_t>(0)},
                     {rows.get<int>(1), rows.get<int>(2), rows.get<int>(3)},
                     rows.get<std::optional<std::string>>(4)});
  return found;
}

std::optional<core::Timestamp> DeliveryStore::next_due(storage::Connection& connection) {
  if (record_.retrying == 0) return std::nullopt;
  auto rows = session_of(connection)
                  .query(
                      "SELECT min(next_attempt_at) FROM event_delivery"
                      " WHERE subscription = ?1 AND state = 'retrying'",
                      subscription_);
  rows.next();
  return rows.get<std::optional<core::Timestamp>>(0);
}

std::optional<core::Timestamp> oldest_delivery(storage::Session session,
                                               std::string_view subscription) {
  auto rows = session.query(
      "SELECT occurred_at FROM event_log WHERE seq ="
      " (SELECT min(seq) FROM event_delivery WHERE subscription = ?1)",
      subscription);
  if (!rows.next()) return std::nullopt;
  return rows.get<core::Timestamp>(0);
}

std::vector<DeliveryView> deliveries_of_key(storage::Session session, std::string_view key,
                                            std::size_t limit) {
  std::vector<DeliveryView> found;
  auto rows = session.query(
      "SELECT subscription, seq, state, attempts, next_attempt_at, error, since"
      " FROM event_delivery WHERE key = ?1 ORDER BY seq, subscription LIMIT ?2",
      key, limit);
  while (rows.next()) {
    found.push_back({rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)},
                     parse_delivery_state(rows.get<std::string_view>(2)), rows.get<int>(3),
                     rows.get<std::optional<core::Timestamp>>(4),
                     rows.get<std::optional<std::string>>(5), rows.get<core::Timestamp>(6)});
  }
  return found;
}

std::int64_t count_deliveries(storage::Session session) {
  auto rows = session.query("SELECT count(*) FROM event_delivery");
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

SubscriptionRecord remove_some_deliveries(storage::Session session, std::string_view subscription,
                                          std::int64_t rows_max) {
  SubscriptionRecord removed;
  auto rows = session.query(
      "DELETE FROM event_delivery WHERE subscription = ?1 AND seq IN"
      " (SELECT seq FROM event_delivery WHERE subscription = ?1 LIMIT ?2) RETURNING state",
      subscription, rows_max);
  while (rows.next())
    ++removed.count(parse_delivery_state(rows.get<std::string_view>(0)));
  return removed;
}

}  // namespace orderflow::events
