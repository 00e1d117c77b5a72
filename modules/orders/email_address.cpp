#include "email_address.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstddef>

namespace orderflow::orders {
namespace {

constexpr std::size_t address_length_max = 254;
constexpr std::size_t local_length_max = 64;
constexpr std::size_t label_length_max = 63;

bool is_letter_or_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_atom_character(char c) noexcept {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Calls `check` for each part between dots; false where one fails.
template <class Check>
bool every_part(std::string_view text, Check check) noexcept {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!check(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view part) noexcept {
  return !part.empty() && std::ranges::all_of(part, is_atom_character);
}

bool is_label(std::string_view part) noexcept {
  return !part.empty() && part.size() <= label_length_max && part.front() != '-' &&
         part.back() != '-' &&
         std::ranges::all_of(part, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

}  // namespace

bool is_email_address(std::string_view text) noexcept {
  const std::size_t at = text.rfind('@');
  if (text.size() > address_length_max || at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  return local.size() <= local_length_max && every_part(local, is_atom) &&
         domain.find('.') != std::string_view::npos && every_part(domain, is_label) &&
         !core::has_encoded_word(local);
}

}  // namespace orderflow::orders
