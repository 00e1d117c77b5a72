#pragma once

#include "core/clock.hpp"

#include <optional>
#include <string_view>

namespace orderflow::commands {

/// Reads a length of time as people type it: a whole number and `s`, `m`, `h` or `d`, such as
/// `90d`. Nothing for any other text, and above 100 years.
std::optional<core::Duration> parse_lifetime(std::string_view text) noexcept;

}  // namespace orderflow::commands
