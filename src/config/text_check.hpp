#pragma once

#include "config/rules.hpp"

#include <string>
#include <string_view>

namespace orderflow::config {

/// True where `text` is a readable line (`core::is_readable_line`) within the rule.
bool fits(std::string_view text, const TextRule& rule);

/// The rule for people: `what` with its lengths, or the texts that are allowed.
std::string in_words(std::string_view what, const TextRule& rule);

}  // namespace orderflow::config
