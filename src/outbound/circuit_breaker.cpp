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
  return true;
}

}  // namespace orderflow::outbound
