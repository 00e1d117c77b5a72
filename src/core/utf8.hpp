#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::core {

/// What a text that should be UTF-8 begins with.
struct Utf8Character {
  char32_t code = 0;
  std::size_t bytes = 1;  ///< 1 where it is no character
  bool valid = false;
};

/// The first character of a text that is not empty (RFC 3629 §3: neither overlong, nor a surrogate,
/// nor beyond U+10FFFF).
Utf8Character first_character(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// As much of `text` as fits into `bytes_max`, and no part of a character of it.
std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace orderflow::core
