#pragma once

#include "faults/simulation/disk/faults.hpp"

namespace orderflow::simulation {

/// While it lives, SQLite's allocations fail as `faults` decides. SQLite's allocator belongs to the
/// process, so there is one at a time; no connection may be open when the first one is made.
class AllocationFaults {
 public:
  explicit AllocationFaults(Faults& faults);
  ~AllocationFaults();
  AllocationFaults(const AllocationFaults&) = delete;
  AllocationFaults& operator=(const AllocationFaults&) = delete;
};

}  // namespace orderflow::simulation
