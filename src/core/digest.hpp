#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::core {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of `data`.
Sha256 sha256(std::string_view data);

/// HMAC with SHA-256 (RFC 2104) of `data` under `key`.
Sha256 hmac_sha256(std::string_view key, std::string_view data);

/// Lower-case hexadecimal of SHA-256, 64 characters.
std::string sha256_hex(std::string_view data);

}  // namespace orderflow::core
