#pragma once

#include "rules.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderflow::architecture {

inline constexpr std::size_t sources_max = 25;     ///< of a folder, headers and tests among them
inline constexpr std::size_t lines_max = 350;      ///< of a file
inline constexpr std::size_t body_lines_max = 50;  ///< of a function

/// What may be larger, by its path below the root, and why. A function's is that of its file, a
/// blank and its name.
using LargerOnes = std::map<std::string, std::string, std::less<>>;

/// Reads them from a text: `path: reason` on each line; blank lines and those that begin with `#`
/// are passed over. Throws `std::runtime_error` for a line without a reason.
LargerOnes larger_ones_of(std::string_view text);

/// A folder with more sources, or a file or a function with more lines, than one can keep in view.
/// What is listed and no longer larger is a violation too.
Violations check_sizes(const SourceTree& tree, const LargerOnes& listed);

}  // namespace orderflow::architecture
