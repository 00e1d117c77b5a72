#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace orderflow::simulation {

/// What can go wrong below SQLite.
enum class Fault { open, read, write, sync, truncate, remove, disk_full, allocation, cut };
inline constexpr std::size_t fault_kinds = 9;

std::string_view to_string(Fault fault) noexcept;

/// Lets the Nth operation of a kind fail: once, a number of times, or for good. `cut` counts every
/// operation on the disk and stands for the machine or the process ending there.
class Faults {
 public:
  static constexpr std::uint64_t for_good = std::numeric_limits<std::uint64_t>::max();

  /// The `nth` operation from now fails (from 1) and those after it, `times` in all.
  void arm(Fault fault, std::uint64_t nth, std::uint64_t times) noexcept;

  /// Counts an operation. True where it has to fail.
  bool strikes(Fault fault) noexcept;

  void disarm(Fault fault) noexcept { at(fault).wait = at(fault).times = 0; }
  /// Nothing fails from now on.
  void heal() noexcept;
  bool any_armed() const noexcept;

  std::uint64_t armed(Fault fault) const noexcept { return at(fault).armed; }
  std::uint64_t hits(Fault fault) const noexcept { return at(fault).hits; }
  std::uint64_t all_hits() const noexcept;

 private:
  struct State {
    std::uint64_t wait = 0;   ///< operations until it strikes; 0: not armed
    std::uint64_t times = 0;  ///< that it still strikes
    std::uint64_t armed = 0;
    std::uint64_t hits = 0;
  };
  State& at(Fault fault) noexcept { return states_[static_cast<std::size_t>(fault)]; }
  const State& at(Fault fault) const noexcept { return states_[static_cast<std::size_t>(fault)]; }

  std::array<State, fault_kinds> states_{};
};

}  // namespace orderflow::simulation
