#include "outbound/circuit_breaker.hpp"

#include <algorithm>

namespace orderflow::outbound {

CircuitState CircuitBreaker::state_at(core::Duration steady) const {
  if (!open_until_) return CircuitState::closed;
  return steady < *open_until_ ? CircuitState::open : CircuitState::half_open;
}

CircuitState CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_at(clock_.steady());
}

std::optional<core::Timestamp> CircuitBreaker::look_again_at() const {
  const std::lock_guard lock(mutex_);
  const core::Duration steady = clock_.steady();
  if (state_at(steady) != CircuitState::open) return std::nullopt;
  return clock_.now() + (*open_until_ - steady);
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
  const core::Duration steady = clock_.steady();
  switch (state_at(steady)) {
    case CircuitState::closed:
      if (++failures_ < options_.failures_max) return false;
      break;
    case CircuitState::open:
      // This request was sent before the circuit opened: nothing new.
      return false;
    case CircuitState::half_open:
      pause_ = std::min(pause_ * 2, options_.open_max);
      break;
  }
  open_until_ = steady + pause_;
  is_throttled_ = false;
  return true;
}

bool CircuitBreaker::throttled(std::optional<core::Timestamp> not_before) {
  const std::lock_guard lock(mutex_);
  const core::Duration steady = clock_.steady();
  const core::Duration asked = not_before ? *not_before - clock_.now() : core::Duration{0};
  const bool is_asked = asked > core::Duration{0};
  if (state_at(steady) == CircuitState::open) {
    // Sent before the circuit opened: nothing new but the pause that the peer wants.
    if (is_asked) open_until_ = std::max(*open_until_, steady + asked);
    return false;
  }
  if (open_until_ && !is_asked) pause_ = std::min(pause_ * 2, options_.open_max);
  open_until_ = steady + (is_asked ? asked : pause_);
  is_throttled_ = true;
  return true;
}

bool CircuitBreaker::is_throttled() const {
  const std::lock_guard lock(mutex_);
  return open_until_ && is_throttled_;
}

}  // namespace orderflow::outbound
