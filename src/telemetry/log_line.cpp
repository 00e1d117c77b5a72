#include "telemetry/log_line.hpp"

#include <algorithm>
#include <cstddef>

namespace orderflow::telemetry {
namespace {

constexpr std::size_t none = std::string_view::npos;

bool is_letter(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

bool is_of_name(char c) noexcept {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// The length of a field's name at the begin of `text`, where its `=` follows; else 0.
std::size_t name_length(std::string_view text) noexcept {
  if (text.empty() || !is_letter(text.front())) return 0;
  const auto end = std::find_if_not(text.begin(), text.end(), is_of_name);
  return end != text.end() && *end == '=' ? static_cast<std::size_t>(end - text.begin()) : 0;
}

/// Where the next field begins, from `at` on: at a blank and a name. `none` where there is none.
std::size_t find_field(std::string_view text, std::size_t at) noexcept {
  for (at = text.find(' ', at); at != none; at = text.find(' ', at + 1)) {
    if (name_length(text.substr(at + 1)) > 0) return at;
  }
  return none;
}

/// Where a value ends that begins the text.
std::size_t value_end(std::string_view text) noexcept {
  std::size_t end = find_field(text, 0);
  if (!text.starts_with('"')) return std::min(end, text.size());
  while (end != none && (end < 2 || text[end - 1] != '"'))
    end = find_field(text, end + 1);
  return std::min(end, text.size());
}

std::string_view without_quotes(std::string_view value) noexcept {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

LogLine parse_log_line(std::string_view line) {
  std::size_t begin = find_field(line, 0);
  LogLine parts{.message = line.substr(0, begin), .fields = {}};
  while (begin < line.size()) {
    const std::string_view field = line.substr(begin + 1);
    const std::size_t name = name_length(field);
    const std::string_view rest = field.substr(name + 1);
    const std::size_t value = value_end(rest);
    parts.fields.emplace_back(field.substr(0, name), without_quotes(rest.substr(0, value)));
    begin += 1 + name + 1 + value;
  }
  return parts;
}

}  // namespace orderflow::telemetry
