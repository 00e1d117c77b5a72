#include "events/effects/running_attempts.hpp"

#include "core/invariant.hpp"

namespace orderflow::events {

void RunningAttempts::begin(Seq seq, core::Duration expires_at) {
  const bool is_new = deadlines_.emplace(expires_at, seq).second;
  core::invariant(is_new, "an attempt begins twice");
}

void RunningAttempts::end(Seq seq, core::Duration expires_at, core::Duration took) {
  const std::size_t erased = deadlines_.erase({expires_at, seq});
  core::invariant(erased == 1, "an attempt ends that is not in flight");
  usual_duration_ += (took - usual_duration_) / 16;
}

std::optional<Seq> RunningAttempts::expire(core::Duration now) {
  if (!has_expired(now)) return std::nullopt;
  const Seq seq = deadlines_.begin()->second;
  deadlines_.erase(deadlines_.begin());
  ++overdue_;
  return seq;
}

void RunningAttempts::end_overdue() {
  core::invariant(overdue_ > 0, "an attempt ends that has outlived no deadline");
  --overdue_;
}

std::optional<core::Duration> RunningAttempts::next_deadline() const noexcept {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

}  // namespace orderflow::events
