#include "mail/mail_address.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace orderflow::notifications {
namespace {

constexpr std::size_t address_length_max = 254;

bool may_stand_in_address(char c) noexcept {
  constexpr std::string_view specials = "()<>[]:;,\\\"";
  return c > ' ' && c < 0x7f && specials.find(c) == std::string_view::npos;
}

}  // namespace

bool is_mail_address(std::string_view address) noexcept {
  const std::size_t at = address.find('@');
  return address.size() <= address_length_max && at != std::string_view::npos && at > 0 &&
         at + 1 < address.size() && address.find('@', at + 1) == std::string_view::npos &&
         std::ranges::all_of(address, may_stand_in_address) && !core::has_encoded_word(address);
}

bool is_undeliverable(std::string_view address) {
  const std::string lower = core::lower_case(address);
  return lower.ends_with("@invalid") || lower.ends_with(".invalid");
}

std::string masked(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (!is_mail_address(address)) return "***";
  return std::string(1, address.front()) + "***" + std::string(address.substr(at));
}

std::string with_masked_addresses(std::string_view text) {
  constexpr std::string_view between = " \t<>()[]{},;:\"'=";
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(between), text.size());
    const std::string_view word = text.substr(0, end);
    result += word.find('@') == std::string_view::npos ? std::string(word) : masked(word);
    if (end < text.size()) result += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace orderflow::notifications
