#pragma once

#include <cstddef>

namespace orderflow::simulation {

/// Counts a request while it lives, also one that dies with its node. `count` outlives it.
class InFlight {
 public:
  explicit InFlight(std::size_t& count) : count_(++count) {}
  ~InFlight() { --count_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace orderflow::simulation
