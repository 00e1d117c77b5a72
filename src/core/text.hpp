#pragma once

#include <string>
#include <string_view>

namespace orderflow::core {

/// ASCII letters in lower case; other characters as they are, whatever the locale.
std::string lower_case(std::string_view text);

/// True where a text has an encoded word (RFC 2047 §2), which a mail program may read as other
/// characters than there are: `=?utf-8?q?=40?=`.
bool has_encoded_word(std::string_view text) noexcept;

/// True for equal texts, and for texts of one length takes the same time wherever they differ: for
/// what an attacker could guess from the left by the time that a comparison takes.
bool equal_in_constant_time(std::string_view one, std::string_view other) noexcept;

}  // namespace orderflow::core
