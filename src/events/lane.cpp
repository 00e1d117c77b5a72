#include "events/lane.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// Events that do not concern a subscription move its cursor too, but not worth a write each time.
constexpr std::int64_t unsaved_distance_max = 1024;
constexpr std::size_t error_length_max = 1000;

}  // namespace

Lane::Lane(std::string name, std::string module, std::vector<std::string> kinds, RetryPolicy retry,
           OrderPolicy order, LaneServices services)
    : name_(std::move(name)),
      module_(std::move(module)),
      retry_(retry),
      order_(order),
      services_(services),
      store_(name_, record_),
      feed_(std::move(kinds), services.log) {}

void Lane::load(storage::Connection& connection, Seq newest) {
  store_.load(connection);
  store_.resume_running(connection, services_.turns.clock.now());
  refresh_next_due(connection);
  feed_.start(record_.cursor, newest);
  dirty_ = true;
}

void Lane::save(storage::Connection& connection) {
  const Seq cursor = settle(connection);
  if (!dirty_ && cursor.value() - record_.cursor.value() < unsaved_distance_max) return;
  record_.cursor = std::max(record_.cursor, cursor);
  store_.save(connection);
  dirty_ = false;
}

void Lane::rescan(storage::Connection& connection) {
  refresh_next_due(connection);
}

LaneStatus Lane::status() const {
  return {name_, module_, record_, feed_.position(), 0, 0};
}

DeliveryState Lane::record_failure(storage::Connection& connection, const Event& event,
                                   std::optional<Row> row, const AttemptRecord& attempt,
                                   bool permanent, std::optional<core::Timestamp> not_before) {
  const core::Timestamp now = services_.turns.clock.now();
  const int failed = attempt.attempt;
  const auto state =
      permanent || retry_.exhausted(failed) ? DeliveryState::dead : DeliveryState::retrying;
  std::optional<core::Timestamp> next;
  if (state == DeliveryState::retrying) {
    next = now + retry_.delay_after(failed, services_.random);
    if (not_before) next = std::max(*next, *not_before);
    next_due_ = next_due_ ? std::min(*next_due_, *next) : *next;
  }
  AttemptRecord kept = attempt;
  kept.error = attempt.error.value_or("").substr(0, error_length_max);
  store_.fail(connection, event, row.has_value(), row ? row->state : state, state, failed, next,
              *kept.error, now);
  store_.keep_attempt(connection, event, kept);
  ++record_.failed;
  dirty_ = true;
  telemetry::log("events").warn(
      "delivery failed subscription={} event={} kind={} key={} attempt={} state={} error=\"{}\"",
      name_, event.meta().id.value().to_string(), event.meta().kind, event.meta().key, failed,
      to_string(state), *kept.error);
  return state;
}

void Lane::record_recovery(storage::Connection& connection, const Event& event, Row row,
                           const AttemptRecord& attempt) {
  store_.remove(connection, event.meta().seq, row.state);
  if (attempt.attempt > 1) store_.keep_attempt(connection, event, attempt);
  dirty_ = true;
}

void Lane::release_next(storage::Connection& connection, std::string_view key) {
  if (order_ != OrderPolicy::park || record_.parked == 0) return;
  store_.release_next(connection, key, services_.turns.clock.now());
  refresh_next_due(connection);
  dirty_ = true;
}

}  // namespace orderflow::events
