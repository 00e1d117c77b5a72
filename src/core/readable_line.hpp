#pragma once

#include "core/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::core {

/// True for characters that a line of text for people may have: none that controls a terminal, ends
/// the line or changes the order in which what is around it is read. Those are the control
/// characters C0, DEL and C1 (Unicode's category Cc), the separators of lines and paragraphs, and
/// the embeddings, overrides and isolates of UAX #9.
bool is_readable(char32_t code) noexcept;

/// True for UTF-8 of such characters: what is taken as a name or a reason. May be empty.
bool is_readable_line(std::string_view text) noexcept;

/// Another program's text, made so where it comes in, so that it can be kept, shown and put into
/// JSON: one readable line, with U+FFFD for each byte that is not UTF-8 and a blank for each
/// character that is not readable. At most `bytes_max` octets of it.
std::string peer_text(std::string_view text, std::size_t bytes_max);

/// Appends a character, or the byte that is none, in ASCII: `\n`, `\x1b`, `\u202e`.
void append_escaped(std::string& to, const Utf8Character& character, char byte);

}  // namespace orderflow::core
