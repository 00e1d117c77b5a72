#include "events/retention.hpp"

#include "events/event_log.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

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
  if (options_.keep <= core::Duration{0} || next_step_) return;
  looked_at_ = Seq{0};
  next_step_ = clock_.now();
}

Seq Retention::passed_by_all() const {
  Seq passed{std::numeric_limits<std::int64_t>::max()};
  for (const auto& lane : lanes_)
    passed = std::min(passed, lane->record().cursor);
  return limited_by_jobs_(passed);
}

void Retention::run(storage::Connection& connection) {
  const core::Timestamp now = clock_.now();
  if (!has_work(now)) return;
  next_step_.reset();
  const core::Timestamp horizon = now - options_.keep;
  const Seq after = looked_at_;
  int looked_at = 0;
  {
    auto rows = connection.session(event_owner)
                    .query(
                        "SELECT seq, occurred_at FROM event_log WHERE seq > ?1 AND seq <= ?2"
                        " ORDER BY seq LIMIT ?3",
                        after.value(), passed_by_all().value(), events_a_step);
    while (rows.next() && rows.get<core::Timestamp>(1) < horizon) {
      looked_at_ = Seq{rows.get<std::int64_t>(0)};
      ++looked_at;
    }
  }
  if (looked_at > 0) remove(connection, after, looked_at_);
  // Else the pass is over, and the next scan begins another.
  if (looked_at == events_a_step) next_step_ = now + pause_between_steps;
}

void Retention::remove(storage::Connection& connection, Seq after, Seq upto) {
  auto session = connection.session(event_owner);
  const auto removed = session.execute(
      "DELETE FROM event_log WHERE seq > ?1 AND seq <= ?2 AND NOT EXISTS (SELECT 1"
      " FROM event_delivery d WHERE d.key = event_log.key AND d.seq = event_log.seq)",
      after.value(), upto.value());
  for (const auto& lane : lanes_) {
    session.execute(
        "DELETE FROM event_attempt WHERE subscription = ?1 AND seq > ?2 AND seq <= ?3"
        " AND NOT EXISTS (SELECT 1 FROM event_log e WHERE e.seq = event_attempt.seq)",
        lane->name(), after.value(), upto.value());
  }
  session.execute(
      "UPDATE event_retention SET removed_to = max(removed_to, ?1), removed = removed + ?2",
      upto.value(), removed);
}

}  // namespace orderflow::events
