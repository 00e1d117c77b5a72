#pragma once

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// True for a language as this program names it: two or three small letters, and a region of two
/// capital letters where there is one: `de`, `pt-BR` (a part of BCP 47).
bool is_language(std::string_view text) noexcept;

/// The language without its region: `pt` of `pt-BR`.
std::string_view without_region(std::string_view language) noexcept;

/// How an amount such as `19.99 EUR` is written in a language: with a comma where its readers
/// expect one (Unicode CLDR, the decimal symbol).
std::string amount_in(std::string_view language, std::string amount);

}  // namespace orderflow::notifications
