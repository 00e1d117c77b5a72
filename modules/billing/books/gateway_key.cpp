#include "books/gateway_key.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace orderflow::billing {
namespace {

struct Parts {
  std::string_view order;
  std::uint32_t number;
};

/// Nothing for a key that was not made here.
std::optional<Parts> parts_of(std::string_view key) noexcept {
  const auto colon = key.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = key.substr(colon + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return Parts{key.substr(0, colon), number};
}

}  // namespace

std::string first_gateway_key(std::string_view order_id) {
  return std::string(order_id) + ":1";
}

std::string next_gateway_key(std::string_view key) {
  const auto parts = parts_of(key);
  if (!parts) return std::string(key) + ":2";
  return std::string(parts->order) + ':' + std::to_string(std::uint64_t{parts->number} + 1);
}

bool is_later_gateway_key(std::string_view key, std::string_view earlier) noexcept {
  const auto one = parts_of(key);
  if (!one) return false;
  const auto other = parts_of(earlier);
  if (!other) return one->order == earlier;
  return one->order == other->order && one->number > other->number;
}

}  // namespace orderflow::billing
