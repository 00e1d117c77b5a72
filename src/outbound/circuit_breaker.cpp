#include "outbound/circuit_breaker.hpp"

#include <algorithm>

namespace orderflow::outbound {

CircuitState CircuitBreaker::state_at(core::Timestamp now) const {
  if (!open_until_) return CircuitState::closed;
  return now < *open_until_ ? CircuitState::open : CircuitState::half_open;
}

CircuitState CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_at(clock_.now());
}

std::optional<core::Timestamp> CircuitBreaker::look_again_at() const {
  const std::lock_guard lock(mutex_);
  if (state_at(clock_.now()) != CircuitState::open) return std::nullopt;
  return open_until_;
}

bool CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  pause_ = options_.open_first;
  if (!open_until_) return false;
  open_until_.reset();
  is_throttled_ = false;
  return true;
}

bool CircuitBreaker::failed() {
  const std::lock_guard lock(mutex_);
  const core::Timestamp now = clock_.now();
  switch (state_at(now)) {
    case CircuitState::closed:
      if (++failures_ < options_.failures_max) return false;
      break;
    case CircuitState::open:
      // Asked before it opened: nothing new.
      return false;
    case CircuitState::half_open:
      pause_ = std::min(pause_ * 2, options_.open_max);
      break;
  }
  open_until_ = now + pause_;
  is_throttled_ = false;
  return true;
}

bool CircuitBreaker::throttled(std::optional<core::Timestamp> not_before) {
  const std::lock_guard lock(mutex_);
  const core::Timestamp now = clock_.now();
  const bool is_told = not_before && *not_before > now;
  if (state_at(now) == CircuitState::open) {
    // Asked before it opened: nothing new, but what the peer wants.
    if (is_told) open_until_ = std::max(*open_until_, *not_before);
    return false;
  }
  if (open_until_ && !is_told) pause_ = std::min(pause_ * 2, options_.open_max);
  open_until_ = is_told ? *not_before : now + pause_;
  is_throttled_ = true;
  return true;
}

bool CircuitBreaker::is_throttled() const {
  const std::lock_guard lock(mutex_);
  return open_until_ && is_throttled_;
}

}  // namespace orderflow::outbound
