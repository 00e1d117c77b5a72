#pragma once

#include "core/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::access {

/// A key as its owner holds it: `ofk_<16 hex digits: its id>_<64 hex digits: 32 random bytes>`. The
/// prefix lets people and secret scanners see what it is.
inline constexpr std::size_t key_text_length = 4 + 16 + 1 + 64;

struct NewKeyText {
  std::string id;
  std::string text;  ///< shown once and kept nowhere
};

/// A key from the operating system's entropy. Throws `std::runtime_error` where there is none.
NewKeyText make_key_text();

/// What is kept of a key: the SHA-256 of its whole text.
core::Sha256 hash_of(std::string_view key_text);

/// The id as a number, for looking it up; nothing where `id` is not 16 hex digits in lower case.
std::optional<std::uint64_t> id_number(std::string_view id) noexcept;

/// The id within a key's text; nothing where it has not the shape of one.
std::optional<std::uint64_t> id_in_text(std::string_view key_text) noexcept;

}  // namespace orderflow::access
