#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "faults/simulation/disk/faults.hpp"
#include "faults/simulation/disk/memory_disk.hpp"

namespace orderflow::simulation {

/// The time as it is, whatever the machine's clock shows.
class TrueClock final : public core::Clock {
 public:
  explicit TrueClock(const core::Clock& clock) noexcept : clock_(clock), start_(clock.now()) {}
  core::Timestamp now() const noexcept override { return start_ + clock_.steady(); }
  core::Duration steady() const noexcept override { return clock_.steady(); }

 private:
  const core::Clock& clock_;
  const core::Timestamp start_;
};

/// What a node runs on: a disk, a clock, chance, and what goes wrong. Outlives every process.
struct Machine {
  explicit Machine(std::uint64_t seed) : random(seed) {}

  MemoryDisk disk;
  Faults faults;
  core::SeededRandom random;
  core::ManualClock clock{core::from_micros(1'700'000'000'000'000)};
  TrueClock true_clock{clock};

  /// False from the moment the process is cut off: whatever it still does reaches nothing.
  bool alive = true;
};

}  // namespace orderflow::simulation
