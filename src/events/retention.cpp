#include "events/retention.hpp"

#include "events/event_log.hpp"

#include <chrono>
#include <limits>
#include <optional>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

constexpr int events_a_step = 500;
// Room for the flow between two steps; still 25,000 events a second, more than a node can take.
constexpr core::Duration pause_between_steps = 20ms;

}  // namespace

void Retention::load(storage::Connection& connection, Seq) {
  scan(connection);
}

void Retention::scan(storage::Connection&) {
  const core::Timestamp now = clock_.now();
  // A step that is further away was planned while the clock was ahead.
  if (next_step_ && *next_step_ <= now + pause_between_steps) return;
  if (options_.keep <= core::Duration{0}) return;
  looked_at_ = old_upto_ = removed_ = Seq{0};
  next_step_ = now;
}

Seq Retention::passed_by_all(storage::Connection& connection) {
  auto rows = connection.session(event_owner)
                  .query("SELECT min(cursor) FROM event_subscription WHERE forgotten_at IS NULL");
  rows.next();
  return Seq{
      rows.get<std::optional<std::int64_t>>(0).value_or(std::numeric_limits<std::int64_t>::max())};
}

core::Timestamp Retention::time() const noexcept {
  return std::min(clock_.now(), began_at_ + (clock_.steady() - began_steady_));
}

bool Retention::look(storage::Connection& connection) {
  const core::Timestamp now = time();
  const core::Timestamp horizon = now - options_.keep;
  int looked_at = 0;
  auto rows = connection.session(event_owner)
                  .query(
                      "SELECT seq, occurred_at FROM event_log WHERE seq > ?1 AND seq <= ?2"
                      " ORDER BY seq LIMIT ?3",
                      looked_at_.value(), passed_by_all(connection).value(), events_a_step);
  while (rows.next()) {
    const auto time = rows.get<core::Timestamp>(1);
    if (time >= horizon && time <= now) return false;
    looked_at_ = Seq{rows.get<std::int64_t>(0)};
    ++looked_at;
    if (time < horizon) old_upto_ = looked_at_;
  }
  return looked_at == events_a_step;
}

void Retention::run(storage::Connection& connection) {
  const core::Timestamp now = clock_.now();
  if (!has_work(now)) return;
  next_step_.reset();
  bool goes_on = true;
  if (old_upto_ == removed_) goes_on = look(connection);
  if (old_upto_ > removed_) {
    auto rows = connection.session(event_owner)
                    .query(
                        "SELECT max(seq) FROM (SELECT seq FROM event_log WHERE seq > ?1"
                        " AND seq <= ?2 ORDER BY seq LIMIT ?3) AS step",
                        removed_.value(), old_upto_.value(), events_a_step);
    rows.next();
    const Seq upto{rows.get<std::optional<std::int64_t>>(0).value_or(old_upto_.value())};
    remove(connection, removed_, upto);
    removed_ = upto;
  }
  // Else the pass is over, and the next scan begins another.
  if (goes_on || old_upto_ > removed_) next_step_ = now + pause_between_steps;
}

void Retention::remove(storage::Connection& connection, Seq after, Seq upto) {
  auto session = connection.session(event_owner);
  const auto removed = session.execute(
      "DELETE FROM event_log WHERE seq > ?1 AND seq <= ?2 AND NOT EXISTS (SELECT 1"
      " FROM event_delivery d WHERE d.key = event_log.key AND d.seq = event_log.seq)",
      after.value(), upto.value());
  session.execute(
      "DELETE FROM event_attempt WHERE subscription IN (SELECT name FROM event_subscription)"
      " AND seq > ?1 AND seq <= ?2"
      " AND NOT EXISTS (SELECT 1 FROM event_log e WHERE e.seq = event_attempt.seq)",
      after.value(), upto.value());
  session.execute(
      "UPDATE event_retention SET removed = removed + ?2,"
      " removed_to = CASE WHEN removed_to < ?1 THEN ?1 ELSE removed_to END",
      upto.value(), removed);
}

}  // namespace orderflow::events
