#include "events/operations/dead_letters.hpp"

#include <charconv>

namespace orderflow::events {

std::string DeadLetterId::to_text() const {
  return subscription + ":" + std::to_string(seq.value());
}

std::optional<DeadLetterId> DeadLetterId::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::int64_t seq = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || seq < 1) {
    return std::nullopt;
  }
  return DeadLetterId{std::string(text.substr(0, colon)), Seq{seq}};
}

}  // namespace orderflow::events
