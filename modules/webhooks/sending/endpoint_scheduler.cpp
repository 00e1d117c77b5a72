#include "sending/endpoint_scheduler.hpp"

#include <algorithm>

namespace orderflow::webhooks {

void EndpointScheduler::ready(EndpointId id) {
  EndpointLoad& load = endpoints_[id];
  if (load.waiting) return;
  load.waiting = Waiting{.pool = pool_of(load), .number = ++last_number_};
  pools_[load.waiting->pool].queue.emplace(load.waiting->number, id);
}

void EndpointScheduler::learn_failures(EndpointId id, int failures) {
  set_failures(id, endpoints_[id], failures);
}

void EndpointScheduler::forget_failures(EndpointId id) {
  EndpointLoad& load = endpoints_[id];
  load.rests_until.reset();
  set_failures(id, load, 0);
}

void EndpointScheduler::set_failures(EndpointId id, EndpointLoad& load, int failures) {
  load.failures = failures;
  if (!load.waiting || load.waiting->pool == pool_of(load)) return;
  pools_[load.waiting->pool].queue.erase(load.waiting->number);
  load.waiting.reset();
  ready(id);
}

void EndpointScheduler::ready_at(EndpointId id, core::Timestamp time) {
  EndpointLoad& load = endpoints_[id];
  if (load.wakes_at) wakeups_.erase({*load.wakes_at, id});
  load.wakes_at = time;
  wakeups_.emplace(time, id);
}

void EndpointScheduler::clock_went_back(core::Timestamp now) {
  for (auto& [request_number, request] : pending_requests_)
    request.started_at = std::min(request.started_at, now);
  wakeups_.clear();
  for (auto& [id, load] : endpoints_) {
    load.wakes_at.reset();
    load.rests_until.reset();
    ready(id);
  }
}

void EndpointScheduler::wake_due(core::Timestamp now) {
  while (!wakeups_.empty() && wakeups_.begin()->first <= now) {
    const EndpointId id = wakeups_.begin()->second;
    wakeups_.erase(wakeups_.begin());
    endpoints_[id].wakes_at.reset();
    ready(id);
  }
}

void EndpointScheduler::set_slow_aside(core::Timestamp now) {
  for (auto& [request_number, request] : pending_requests_) {
    if (full(failing) || request.started_at + slow_after > now) return;
    if (request.pool == failing) continue;
    request.pool = failing;
    --pools_[working].in_flight;
    ++pools_[failing].in_flight;
  }
}

std::optional<EndpointId> EndpointScheduler::next(core::Timestamp now) {
  wake_due(now);
  if (full(working)) set_slow_aside(now);
  if (const auto id = next_of(working, now)) return id;
  return next_of(failing, now);
}

std::optional<EndpointId> EndpointScheduler::next_of(Pool pool, core::Timestamp now) {
  auto& queue = pools_[pool].queue;
  while (!queue.empty() && !full(pool)) {
    const EndpointId id = queue.begin()->second;
    queue.erase(queue.begin());
    EndpointLoad& load = endpoints_[id];
    load.waiting.reset();
    if (load.rests_until && *load.rests_until > now) {
      ready_at(id, *load.rests_until);
    } else if (room(id) > 0) {
      return id;
    }
  }
  return std::nullopt;
}

std::size_t EndpointScheduler::room(EndpointId id) const {
  const auto found = endpoints_.find(id);
  if (found == endpoints_.end()) return 0;
  const EndpointLoad& load = found->second;
  const Pool pool = pool_of(load);
  const std::size_t each = pool == failing ? 1 : in_flight_each_;
  if (load.in_flight.size() >= each || full(pool)) return 0;
  return std::min(each - load.in_flight.size(), in_flight_max_ - pools_[pool].in_flight);
}

void EndpointScheduler::release(EndpointId id) {
  const auto found = endpoints_.find(id);
  if (found == endpoints_.end()) return;
  const EndpointLoad& load = found->second;
  if (load.waiting || load.wakes_at || load.rests_until || !load.in_flight.empty()) return;
  if (load.failures > 0) return;
  endpoints_.erase(found);
}

EndpointScheduler::RequestNumber EndpointScheduler::begin(EndpointId id, events::Seq seq,
                                                          core::Timestamp now) {
  EndpointLoad& load = endpoints_[id];
  load.in_flight.insert(seq);
  const Pool pool = pool_of(load);
  ++pools_[pool].in_flight;
  pending_requests_.emplace(++last_request_number_,
                            PendingRequest{.id = id, .seq = seq, .started_at = now, .pool = pool});
  return last_request_number_;
}

void EndpointScheduler::end(RequestNumber request_number, int failures,
                            std::optional<core::Timestamp> rests_until, core::Timestamp now) {
  const auto found = pending_requests_.find(request_number);
  if (found == pending_requests_.end()) return;
  const PendingRequest request = found->second;
  pending_requests_.erase(found);
  --pools_[request.pool].in_flight;
  EndpointLoad& load = endpoints_[request.id];
  load.in_flight.erase(request.seq);
  set_failures(request.id, load, failures);
  if (failures == 0) load.rests_until.reset();
  if (failures >= failures_open) {
    const int doublings = std::min(failures - failures_open, 10);
    rests_until = std::max(rests_until.value_or(now),
                           now + std::min(rest_max, rest_first * (1 << doublings)));
  }
  if (rests_until) load.rests_until = std::max(load.rests_until.value_or(now), *rests_until);
  ready(request.id);
}

std::optional<core::Timestamp> EndpointScheduler::next_due() const {
  std::optional<core::Timestamp> due;
  if (!wakeups_.empty()) due = wakeups_.begin()->first;
  if (full(working) && !full(failing) && !pools_[working].queue.empty()) {
    for (const auto& [request_number, request] : pending_requests_) {
      if (request.pool != working) continue;
      const core::Timestamp slow_at = request.started_at + slow_after;
      return due ? std::min(*due, slow_at) : slow_at;
    }
  }
  return due;
}

}  // namespace orderflow::webhooks
