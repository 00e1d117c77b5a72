#include "config/syntax.hpp"

#include <algorithm>

namespace orderflow::config {
namespace {

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

std::string_view expected_by(std::string_view message) noexcept {
  if (contains(message, "while parsing object key")) return "a key in double quotes";
  if (contains(message, "while parsing object separator")) return "':' between key and value";
  if (contains(message, "while parsing object")) return "',' or '}' after the value";
  if (contains(message, "while parsing array")) return "',' or ']' after the value";
  if (contains(message, "; expected end of input")) return "nothing after the last '}'";
  return "a value (text in double quotes, number, true, false, list or object)";
}

bool is_unclosed_text(std::string_view message) noexcept {
  return contains(message, "missing closing quote") || contains(message, "invalid string: control");
}

std::string_view after(std::string_view text, std::string_view mark) noexcept {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? text : text.substr(at + mark.size());
}

bool is_of_a_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The token that the parser refused, having read up to `offset`. What it calls its last token is
/// one only where that is a text or a number.
std::string_view token_around(std::string_view text, std::size_t offset,
                              std::string_view last_token, std::string_view message) noexcept {
  const std::string_view before = text.substr(0, offset + 1);
  if ((contains(message, "unexpected string") || contains(message, "unexpected number")) &&
      before.ends_with(last_token)) {
    return before.substr(before.size() - last_token.size());
  }
  std::size_t first = offset;
  std::size_t end = offset + 1;
  if (is_of_a_word(text[offset])) {
    while (first > 0 && is_of_a_word(text[first - 1]))
      --first;
    while (end < text.size() && is_of_a_word(text[end]))
      ++end;
  }
  return text.substr(first, end - first);
}

}  // namespace

std::string location_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;
  const auto column = std::ranges::count_if(before.substr(line_start), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  });
  return std::to_string(lines + 1) + ':' + std::to_string(column + 1);
}

SyntaxError in_plain_words(std::string_view text, std::size_t position, std::string_view last_token,
                           std::string_view message) {
  if (position > text.size()) {
    const std::string_view expected = is_unclosed_text(message) ? "'\"' at the end of a text"
                                      : contains(message, "invalid comment")
                                          ? "'*/' at the end of a comment"
                                          : expected_by(message);
    return {.offset = text.size(),
            .detail = "the text ends too early, expected " + std::string(expected)};
  }
  std::size_t offset = position > 0 ? position - 1 : 0;
  if (is_unclosed_text(message)) {
    return {.offset = offset, .detail = "expected '\"' at the end of a text on the same line"};
  }
  const std::string_view found = token_around(text, offset, last_token, message);
  offset = static_cast<std::size_t>(found.data() - text.data());
  const bool names_no_expectation =
      contains(message, "last read:") && !contains(message, "invalid literal");
  if (names_no_expectation || !contains(message, "syntax error")) {
    std::string_view detail = after(message, " - ");
    if (detail == message) detail = after(message, "] ");
    return {.offset = offset, .detail = std::string(detail)};
  }
  return {
      .offset = offset,
      .detail = "expected " + std::string(expected_by(message)) + ", found " + std::string(found)};
}

}  // namespace orderflow::config
