#pragma once

#include "core/clock.hpp"
#include "events/log/event.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace orderflow::events {

/// Which attempts of an effect are in flight, until when they may take, and how many have outlived
/// that and still hold their slot. Belongs to the writer thread. Times are of the steady clock.
class RunningAttempts {
 public:
  /// An attempt for the event at `seq` starts. The event has none in flight.
  void begin(Seq seq, core::Duration expires_at);

  /// It has ended within its deadline, and took this long.
  void end(Seq seq, core::Duration expires_at, core::Duration took);

  /// The event of an attempt whose deadline has passed at `now`, which is in flight no more;
  /// nothing: there is none. The attempt itself still runs, until `end_overdue`.
  std::optional<Seq> expire(core::Duration now);
  void end_overdue();

  bool has_expired(core::Duration now) const noexcept {
    return !deadlines_.empty() && deadlines_.begin()->first <= now;
  }
  /// The next deadline, if any.
  std::optional<core::Duration> next_deadline() const noexcept;

  std::size_t in_flight() const noexcept { return deadlines_.size(); }
  std::size_t overdue() const noexcept { return overdue_; }
  /// Slots that are held, by what is in flight and by what has outlived its deadline.
  std::size_t slots_held() const noexcept { return deadlines_.size() + overdue_; }

  /// What an attempt takes, as a moving average.
  core::Duration usual_duration() const noexcept { return usual_duration_; }

 private:
  std::set<std::pair<core::Duration, Seq>> deadlines_;  ///< one for each that is in flight
  std::size_t overdue_ = 0;
  core::Duration usual_duration_{0};
};

}  // namespace orderflow::events
