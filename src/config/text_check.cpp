#include "config/text_check.hpp"

#include "core/readable_line.hpp"

#include <algorithm>

namespace orderflow::config {

bool fits(std::string_view text, const TextRule& rule) {
  if (!rule.allowed.empty()) {
    return std::ranges::find(rule.allowed, text) != rule.allowed.end();
  }
  if (!core::is_readable_line(text)) return false;
  const auto length = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
  return length >= rule.min_length && length <= rule.max_length;
}

std::string in_words(std::string_view what, const TextRule& rule) {
  if (rule.allowed.empty()) {
    return std::string(what) + " of " + std::to_string(rule.min_length) + " to " +
           std::to_string(rule.max_length) + " characters";
  }
  std::string words = rule.allowed.size() == 1 ? "only " : "one of ";
  for (const std::string& text : rule.allowed) {
    if (&text != &rule.allowed.front()) words += ", ";
    words += '"' + text + '"';
  }
  return words;
}

}  // namespace orderflow::config
