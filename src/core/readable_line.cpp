#include "core/readable_line.hpp"

#include <array>
#include <cstdio>

namespace orderflow::core {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

}  // namespace

bool is_readable(char32_t code) noexcept {
  const bool is_control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const bool is_separator = code == 0x2028 || code == 0x2029;
  const bool is_direction =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return !is_control && !is_separator && !is_direction;
}

bool is_readable_line(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (!character.valid || !is_readable(character.code)) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

std::string peer_text(std::string_view text, std::size_t bytes_max) {
  std::string line;
  while (!text.empty() && line.size() < bytes_max) {
    const Utf8Character character = first_character(text);
    if (!character.valid) {
      line += replacement;
    } else if (is_readable(character.code)) {
      line += text.substr(0, character.bytes);
    } else {
      line += ' ';
    }
    text.remove_prefix(character.bytes);
  }
  line.resize(cut_between_characters(line, bytes_max).size());
  return line;
}

void append_escaped(std::string& to, const Utf8Character& character, char byte) {
  if (character.valid && (character.code == '\n' || character.code == '\t')) {
    to += character.code == '\n' ? "\\n" : "\\t";
    return;
  }
  std::array<char, 16> text{};
  const auto code = character.valid ? static_cast<unsigned>(character.code)
                                    : static_cast<unsigned>(static_cast<unsigned char>(byte));
  if (code < 0x100) {
    std::snprintf(text.data(), text.size(), "\\x%02x", code);
  } else {
    std::snprintf(text.data(), text.size(), "\\u%04x", code);
  }
  to += text.data();
}

}  // namespace orderflow::core
