#include "events/operations/retention.hpp"

#include "events/log/event_log.hpp"
#include "events/records/attempt_store.hpp"
#include "events/records/subscription_store.hpp"

#include <chrono>
#include <limits>
#include <optional>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_a_step = 500;
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
  return lowest_cursor(connection.session(event_owner))
      .value_or(Seq{std::numeric_limits<std::int64_t>::max()});
}

core::Timestamp Retention::time() const noexcept {
  return std::min(clock_.now(), began_at_ + (clock_.steady() - began_steady_));
}

bool Retention::look(storage::Connection& connection) {
  const core::Timestamp now = time();
  const core::Timestamp horizon = now - options_.keep;
  const auto is_to_stay = [&](const EventLog::LogEntry& entry) {
    return entry.occurred_at >= horizon && entry.occurred_at <= now;
  };
  auto session = connection.session(event_owner);
  // Most looks end here, and read one row.
  const auto first = EventLog::first_after(session, looked_at_);
  if (!first || is_to_stay(*first)) return false;
  const auto entries =
      EventLog::entries(session, looked_at_, passed_by_all(connection), events_a_step);
  for (const EventLog::LogEntry& entry : entries) {
    if (is_to_stay(entry)) return false;
    looked_at_ = entry.seq;
    if (entry.occurred_at < horizon) old_upto_ = looked_at_;
  }
  return entries.size() == events_a_step;
}

void Retention::run(storage::Connection& connection) {
  const core::Timestamp now = clock_.now();
  if (!has_work(now)) return;
  next_step_.reset();
  bool goes_on = true;
  if (old_upto_ == removed_) goes_on = look(connection);
  if (old_upto_ > removed_) {
    const Seq upto =
        EventLog::end_of_step(connection.session(event_owner), removed_, old_upto_, events_a_step)
            .value_or(old_upto_);
    remove(connection, removed_, upto);
    removed_ = upto;
  }
  // Else the pass is over, and the next scan begins another.
  if (goes_on || old_upto_ > removed_) next_step_ = now + pause_between_steps;
}

void Retention::remove(storage::Connection& connection, Seq after, Seq upto) const {
  auto session = connection.session(event_owner);
  const core::Timestamp remember_from = time() - received_remembered_for;
  const std::int64_t removed = EventLog::remove(session, after, upto, remember_from);
  EventLog::forget_removed(session, remember_from, 2 * events_a_step);
  remove_attempts_without_event(session, after, upto);
  EventLog::note_removed(session, upto, removed);
}

}  // namespace orderflow::events
