#include "composing/language.hpp"

#include <algorithm>
#include <array>

namespace orderflow::notifications {
namespace {

template <char First, char Last>
bool are_between(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c >= First && c <= Last; });
}

}  // namespace

bool is_language(std::string_view text) noexcept {
  const std::string_view language = without_region(text);
  if (language.size() < 2 || language.size() > 3 || !are_between<'a', 'z'>(language)) return false;
  if (language.size() == text.size()) return true;
  const std::string_view region = text.substr(language.size() + 1);
  return region.size() == 2 && are_between<'A', 'Z'>(region);
}

std::string_view without_region(std::string_view language) noexcept {
  return language.substr(0, language.find('-'));
}

std::string amount_in(std::string_view language, std::string amount) {
  constexpr std::array<std::string_view, 24> with_comma{
      "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id",
      "it", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sv"};
  // Readers of these regions write a point.
  constexpr std::array<std::string_view, 3> with_point{"de-CH", "de-LI", "es-MX"};
  const bool comma = std::ranges::find(with_comma, without_region(language)) != with_comma.end() &&
                     std::ranges::find(with_point, language) == with_point.end();
  if (comma) std::ranges::replace(amount, '.', ',');
  return amount;
}

}  // namespace orderflow::notifications
