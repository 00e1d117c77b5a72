#include "sending/lanes.hpp"

#include <algorithm>

namespace orderflow::webhooks {

void Lanes::ready(EndpointId id) {
  Lane& lane = lanes_[id];
  if (lane.waiting) return;
  lane.waiting = Waiting{.pool = pool_of(lane), .number = ++last_number_};
  pools_[lane.waiting->pool].queue.emplace(lane.waiting->number, id);
}

void Lanes::learn_failures(EndpointId id, int failures) {
  set_failures(id, lanes_[id], failures);
}

void Lanes::forget_failures(EndpointId id) {
  Lane& lane = lanes_[id];
  lane.rests_until.reset();
  set_failures(id, lane, 0);
}

void Lanes::set_failures(EndpointId id, Lane& lane, int failures) {
  lane.failures = failures;
  if (!lane.waiting || lane.waiting->pool == pool_of(lane)) return;
  pools_[lane.waiting->pool].queue.erase(lane.waiting->number);
  lane.waiting.reset();
  ready(id);
}

void Lanes::ready_at(EndpointId id, core::Timestamp time) {
  Lane& lane = lanes_[id];
  if (lane.wakes_at) wakeups_.erase({*lane.wakes_at, id});
  lane.wakes_at = time;
  wakeups_.emplace(time, id);
}

void Lanes::clock_went_back(core::Timestamp now) {
  for (auto& [ticket, flight] : flights_)
    flight.started_at = std::min(flight.started_at, now);
  wakeups_.clear();
  for (auto& [id, lane] : lanes_) {
    lane.wakes_at.reset();
    lane.rests_until.reset();
    ready(id);
  }
}

void Lanes::wake_due(core::Timestamp now) {
  while (!wakeups_.empty() && wakeups_.begin()->first <= now) {
    const EndpointId id = wakeups_.begin()->second;
    wakeups_.erase(wakeups_.begin());
    lanes_[id].wakes_at.reset();
    ready(id);
  }
}

void Lanes::set_slow_aside(core::Timestamp now) {
  for (auto& [ticket, flight] : flights_) {
    if (full(failing) || flight.started_at + slow_after > now) return;
    if (flight.pool == failing) continue;
    flight.pool = failing;
    --pools_[working].in_flight;
    ++pools_[failing].in_flight;
  }
}

std::optional<EndpointId> Lanes::next(core::Timestamp now) {
  wake_due(now);
  if (full(working)) set_slow_aside(now);
  if (const auto id = next_of(working, now)) return id;
  return next_of(failing, now);
}

std::optional<EndpointId> Lanes::next_of(Pool pool, core::Timestamp now) {
  auto& queue = pools_[pool].queue;
  while (!queue.empty() && !full(pool)) {
    const EndpointId id = queue.begin()->second;
    queue.erase(queue.begin());
    Lane& lane = lanes_[id];
    lane.waiting.reset();
    if (lane.rests_until && *lane.rests_until > now) {
      ready_at(id, *lane.rests_until);
    } else if (room(id) > 0) {
      return id;
    }
  }
  return std::nullopt;
}

std::size_t Lanes::room(EndpointId id) const {
  const auto found = lanes_.find(id);
  if (found == lanes_.end()) return 0;
  const Lane& lane = found->second;
  const Pool pool = pool_of(lane);
  const std::size_t each = pool == failing ? 1 : in_flight_each_;
  if (lane.in_flight.size() >= each || full(pool)) return 0;
  return std::min(each - lane.in_flight.size(), in_flight_max_ - pools_[pool].in_flight);
}

void Lanes::release(EndpointId id) {
  const auto found = lanes_.find(id);
  if (found == lanes_.end()) return;
  const Lane& lane = found->second;
  if (lane.waiting || lane.wakes_at || lane.rests_until || !lane.in_flight.empty()) return;
  if (lane.failures > 0) return;
  lanes_.erase(found);
}

Lanes::Ticket Lanes::begin(EndpointId id, events::Seq seq, core::Timestamp now) {
  Lane& lane = lanes_[id];
  lane.in_flight.insert(seq);
  const Pool pool = pool_of(lane);
  ++pools_[pool].in_flight;
  flights_.emplace(++last_ticket_, Flight{.id = id, .seq = seq, .started_at = now, .pool = pool});
  return last_ticket_;
}

void Lanes::end(Ticket ticket, int failures, std::optional<core::Timestamp> rests_until,
                core::Timestamp now) {
  const auto found = flights_.find(ticket);
  if (found == flights_.end()) return;
  const Flight flight = found->second;
  flights_.erase(found);
  --pools_[flight.pool].in_flight;
  Lane& lane = lanes_[flight.id];
  lane.in_flight.erase(flight.seq);
  set_failures(flight.id, lane, failures);
  if (failures == 0) lane.rests_until.reset();
  if (failures >= failures_open) {
    const int doublings = std::min(failures - failures_open, 10);
    rests_until = std::max(rests_until.value_or(now),
                           now + std::min(rest_max, rest_first * (1 << doublings)));
  }
  if (rests_until) lane.rests_until = std::max(lane.rests_until.value_or(now), *rests_until);
  ready(flight.id);
}

std::optional<core::Timestamp> Lanes::next_due() const {
  std::optional<core::Timestamp> due;
  if (!wakeups_.empty()) due = wakeups_.begin()->first;
  if (full(working) && !full(failing) && !pools_[working].queue.empty()) {
    for (const auto& [ticket, flight] : flights_) {
      if (flight.pool != working) continue;
      const core::Timestamp slow_at = flight.started_at + slow_after;
      return due ? std::min(*due, slow_at) : slow_at;
    }
  }
  return due;
}

}  // namespace orderflow::webhooks
