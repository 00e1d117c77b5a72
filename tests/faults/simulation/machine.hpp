#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "faults/simulation/faults.hpp"
#include "faults/simulation/memory_disk.hpp"

namespace orderflow::simulation {

/// What a node runs on: a disk, a clock, chance, and what goes wrong. Outlives every process.
struct Machine {
  explicit Machine(std::uint64_t seed) : random(seed) {}

  MemoryDisk disk;
  Faults faults;
  core::SeededRandom random;
  core::ManualClock clock{core::from_micros(1'700'000'000'000'000)};

  /// False from the moment the process is cut off: whatever it still does reaches nothing.
  bool alive = true;
};

}  // namespace orderflow::simulation
