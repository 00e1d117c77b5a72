#include "config/text_check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::config {
namespace {

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

bool fits(std::string_view text, const TextRule& rule) {
  if (!rule.allowed.empty()) {
    return std::ranges::find(rule.allowed, text) != rule.allowed.end();
  }
  if (std::ranges::any_of(text, is_control) || !is_utf8(text)) return false;
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
