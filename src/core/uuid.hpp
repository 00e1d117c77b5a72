#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::core {

/// A universally unique identifier (RFC 9562). Ordered bytewise, so version 7 identifiers order by
/// their time.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// The canonical text: 36 lower-case characters.
  std::string to_string() const;

  /// Reads the canonical text, in either case. Anything else gives nothing.
  static std::optional<Uuid> parse(std::string_view text) noexcept;

  /// Milliseconds since 1970 that a version 7 identifier carries in its first 48 bits.
  std::uint64_t unix_ms() const noexcept;

  friend bool operator==(const Uuid&, const Uuid&) = default;
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A version 7 identifier (RFC 9562 §5.7) of `unix_ms` and the 74 low bits of `random`, of which
/// the version and variant bits are overwritten.
Uuid make_uuid_v7(std::uint64_t unix_ms, const std::array<std::uint8_t, 10>& random) noexcept;

}  // namespace orderflow::core
