#include "faults/simulation/disk/faults.hpp"

#include <algorithm>

namespace orderflow::simulation {

std::string_view to_string(Fault fault) noexcept {
  constexpr std::array<std::string_view, fault_kinds> names = {
      "open", "read", "write", "sync", "truncate", "remove", "disk full", "allocation", "cut"};
  return names[static_cast<std::size_t>(fault)];
}

void Faults::arm(Fault fault, std::uint64_t nth, std::uint64_t times) noexcept {
  State& state = at(fault);
  state.wait = nth;
  state.times = times;
  ++state.armed;
}

bool Faults::strikes(Fault fault) noexcept {
  State& state = at(fault);
  if (state.wait == 0) return false;
  if (state.wait > 1) {
    --state.wait;
    return false;
  }
  ++state.hits;
  if (state.times != for_good && --state.times == 0) state.wait = 0;
  return true;
}

void Faults::heal() noexcept {
  for (State& state : states_)
    state.wait = state.times = 0;
}

bool Faults::any_armed() const noexcept {
  return std::ranges::any_of(states_, [](const State& state) { return state.wait > 0; });
}

std::uint64_t Faults::all_hits() const noexcept {
  std::uint64_t hits = 0;
  for (const State& state : states_)
    hits += state.hits;
  return hits;
}

}  // namespace orderflow::simulation
