#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::cli {

/// What standard output or standard error is connected to.
struct Terminal {
  bool interactive = false;
  bool colours = false;
  std::size_t columns = 0;  ///< 0: no bound, for it is no terminal
};

/// Asks the system about a descriptor. Colours only on a terminal that is not "dumb", and not where
/// NO_COLOR is set to anything (no-color.org).
Terminal terminal_of(int descriptor);

/// What a piece of output means; the colour follows from it.
enum class Tone { plain, strong, faint, good, waiting, bad };

/// `text` in the colour of its tone, where there are colours.
std::string toned(std::string_view text, Tone tone, const Terminal& terminal);

}  // namespace orderflow::cli
