#include "commands/client/lifetime.hpp"

#include <charconv>
#include <chrono>

namespace orderflow::commands {

std::optional<core::Duration> parse_lifetime(std::string_view text) noexcept {
  if (text.size() < 2) return std::nullopt;
  std::int64_t seconds_each = 0;
  switch (text.back()) {
    case 's':
      seconds_each = 1;
      break;
    case 'm':
      seconds_each = 60;
      break;
    case 'h':
      seconds_each = 3'600;
      break;
    case 'd':
      seconds_each = 86'400;
      break;
    default:
      return std::nullopt;
  }
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [read, error] = std::from_chars(text.data(), end, count);
  constexpr std::int64_t seconds_max = 100LL * 366 * 86'400;
  if (error != std::errc{} || read != end || count < 0 || count > seconds_max / seconds_each) {
    return std::nullopt;
  }
  return std::chrono::seconds(count * seconds_each);
}

}  // namespace orderflow::commands
