#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::cli {

/// Text from elsewhere as one line that may go to a terminal: what would move the cursor, change
/// colours or the direction of text, cannot be shown, or is not UTF-8 is written out, as `\n`,
/// `\x1b`, `\u202e`. Printable text stays as it is.
std::string printable(std::string_view text);

/// The same for text of several lines: each `\n` stays.
std::string printable_lines(std::string_view text);

/// Columns of a terminal that a printable text takes: wide characters two, combining ones none.
std::size_t columns_of(std::string_view text);

/// A printable text in at most `columns`, which is at least 1; where it is longer it ends in "…".
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace orderflow::cli
