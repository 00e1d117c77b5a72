#pragma once

#include "core/clock.hpp"

#include <mutex>
#include <optional>

namespace orderflow::outbound {

struct CircuitOptions {
  int failures_max = 10;                                ///< in a row, until it opens; 1 or more
  core::Duration open_first = std::chrono::seconds{1};  ///< until the first probe
  core::Duration open_max = std::chrono::seconds{60};  ///< doubles up to it with every failed probe
};

enum class CircuitState {
  closed,    ///< requests flow
  open,      ///< the peer is away: send nothing before `look_again_at`
  half_open  ///< one probe at a time
};

/// Decides from the outcomes of requests whether a peer is there at all, and whether it can take
/// more, so that an outage costs it, and us, next to nothing (Nygard, "Release It!", circuit
/// breaker). Its pauses run by the steady clock: setting the time of day back does not prolong
/// them. Safe from any thread.
class CircuitBreaker {
 public:
  /// The clock outlives it.
  CircuitBreaker(CircuitOptions options, const core::Clock& clock)
      : options_(options), clock_(clock), pause_(options.open_first) {}

  CircuitState state() const;

  /// While it is open: when it will be half open.
  std::optional<core::Timestamp> look_again_at() const;

  /// The peer has answered, if only with a refusal. Returns true where that has closed the circuit.
  bool succeeded();

  /// The peer gave no answer, or one that means that it cannot work. Returns true where that has
  /// opened the circuit, for the first time or again.
  bool failed();

  /// The peer has answered that it has too much to do: opens the circuit at once, until
  /// `not_before` if that is still to come, else for the pause, which doubles with each such answer
  /// to a probe. Returns true where that has opened the circuit, for the first time or again.
  bool throttled(std::optional<core::Timestamp> not_before);

  /// True while it is open, or half open, because the peer has too much to do: it is there.
  bool is_throttled() const;

 private:
  CircuitState state_at(core::Duration steady) const;

  const CircuitOptions options_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  int failures_ = 0;  ///< in a row
  core::Duration pause_;
  std::optional<core::Duration> open_until_;  ///< steady; set: open, or half open after it
  bool is_throttled_ = false;                 ///< why it is open, where it is
};

}  // namespace orderflow::outbound
