#pragma once

#include "faults/simulation/disk/machine.hpp"

#include <memory>

namespace orderflow::simulation {

/// SQLite's default file system while it lives: every database opened without another one is on
/// the machine's disk. Keeps to what SQLite's own does on Linux: which syncs reach the directory,
/// powersafe overwrites, locks and shared memory among the connections of the process.
///
/// All on one thread. No connection may outlive it. One at a time.
class SimulatedVfs {
 public:
  explicit SimulatedVfs(Machine& machine);
  ~SimulatedVfs();
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace orderflow::simulation
