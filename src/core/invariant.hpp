#pragma once

#include <utility>

/// What must hold for the program to be right at all: memory that its own code keeps consistent. A
/// broken one means that what follows would be wrong in unknown ways, so that the process ends at
/// once, with nothing written, and its supervisor starts it again from what is on disk.
///
/// Not for data that comes from a database, a peer or a request: that is an error, which is
/// handled. Checked in every build; a check is to cost a comparison.
namespace orderflow::core {

/// Prints "broken invariant: <what>, <file>:<line>" on stderr and aborts.
[[noreturn]] void end_at_broken_invariant(const char* what, const char* file, int line) noexcept;

/// Ends the process where `condition` is false. `what` names what is broken then: "an attempt ends
/// that has not begun".
inline void invariant(bool condition, const char* what, const char* file = __builtin_FILE(),
                      int line = __builtin_LINE()) noexcept {
  if (!condition) [[unlikely]] {
    end_at_broken_invariant(what, file, line);
  }
}

/// The value of a look-up that cannot fail: of an optional, or what a pointer points to. Ends the
/// process where there is none.
template <class Found>
decltype(auto) value_of(Found&& found, const char* what, const char* file = __builtin_FILE(),
                        int line = __builtin_LINE()) noexcept {
  invariant(static_cast<bool>(found), what, file, line);
  return *std::forward<Found>(found);
}

}  // namespace orderflow::core
