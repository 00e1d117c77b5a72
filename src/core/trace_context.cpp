#include "core/trace_context.hpp"

#include <algorithm>
#include <cstdint>

namespace orderflow::core {
namespace {

constexpr std::size_t length_00 = 55;

bool is_lower_hex(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_all_zero(std::string_view text) noexcept {
  return text.find_first_not_of('0') == std::string_view::npos;
}

/// Whether the lowest bit of a hexadecimal digit is set.
bool is_odd(char digit) noexcept {
  constexpr std::string_view odd = "13579bdf";
  return odd.find(digit) != std::string_view::npos;
}

void append_hex(std::string& to, std::uint64_t value) {
  constexpr char digits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4)
    to += digits[(value >> shift) & 0x0f];
}

std::uint64_t non_zero(Random& random) {
  std::uint64_t value = random.next();
  while (value == 0)
    value = random.next();
  return value;
}

}  // namespace

bool is_visible_ascii(std::string_view text, std::size_t longest) noexcept {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7e; });
}

bool is_path_name(std::string_view text, std::size_t longest) noexcept {
  return is_visible_ascii(text, longest) && text != "." && text != "..";
}

bool is_traceparent(std::string_view text) noexcept {
  if (text.size() < length_00 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const auto version = text.substr(0, 2);
  const auto trace_id = text.substr(3, 32);
  const auto parent_id = text.substr(36, 16);
  const bool is_known = version == "00" && text.size() == length_00;
  const bool is_later = is_lower_hex(version) && version != "00" && version != "ff" &&
                        (text.size() == length_00 || text[length_00] == '-');
  return (is_known || is_later) && is_lower_hex(trace_id) && is_lower_hex(parent_id) &&
         is_lower_hex(text.substr(53, 2)) && !is_all_zero(trace_id) && !is_all_zero(parent_id);
}

std::string as_version_00(std::string_view traceparent) {
  const bool is_sampled = is_odd(traceparent[54]);
  std::string text("00");
  text.append(traceparent.substr(2, 50)).append(is_sampled ? "-01" : "-00");
  return text;
}

std::string child_traceparent(std::string_view parent, Random& random) {
  if (is_traceparent(parent)) {
    std::string text = as_version_00(parent);
    std::string id;
    append_hex(id, non_zero(random));
    return text.replace(36, 16, id);
  }
  std::string text;
  text.reserve(length_00);
  text += "00-";
  append_hex(text, random.next());
  append_hex(text, non_zero(random));
  text += '-';
  append_hex(text, non_zero(random));
  text += "-01";
  return text;
}

}  // namespace orderflow::core
