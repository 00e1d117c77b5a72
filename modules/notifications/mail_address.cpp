#include "mail_address.hpp"

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
         std::ranges::all_of(address, may_stand_in_address);
}

std::string masked(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (!is_mail_address(address)) return "***";
  return std::string(1, address.front()) + "***" + std::string(address.substr(at));
}

}  // namespace orderflow::notifications
