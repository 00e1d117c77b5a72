#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "faults/simulation/faults.hpp"
#include "faults/simulation/memory_disk.hpp"

namespace orderflow::simulation {

/// The time as it is, whatever the machine's clock says.
class TrueClock final : public core::Clock {
 public:
  explicit TrueClock(const core::Clock& clock) noexcept : clock_(clock) {}
  core::Timestamp now() const noexcept override { return clock_.now() - error_; }
  void clock_has_jumped(core::Duration by) noexcept { error_ += by; }

 private:
  const core::Clock& clock_;
  core::Duration error_{0};
};

/// What a node runs on: a disk, a clock, chance, and what goes wrong. Outlives every process.
struct Machine {
  explicit Machine(std::uint64_t seed) : random(seed) {}

  MemoryDisk disk;
  Faults faults;
  core::SeededRandom random;
  core::ManualClock clock{core::from_micros(1'700'000'000'000'000)};
  TrueClock true_clock{clock};

  /// Nobody's time passes: the clock alone says another one from now on.
  void set_clock_wrong(core::Duration by) noexcept {
    clock.advance(by);
    true_clock.clock_has_jumped(by);
  }

  /// False from the moment the process is cut off: whatever it still does reaches nothing.
  bool alive = true;
};

}  // namespace orderflow::simulation
