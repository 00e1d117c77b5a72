#pragma once

#include "core/clock.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// Bytes of a secret, at least and at most.
inline constexpr std::size_t secret_bytes_min = 24;
inline constexpr std::size_t secret_bytes_max = 64;

/// A new secret: "whsec_" and the base64 of `bytes` random bytes, from the system's source. Throws
/// `std::system_error` where it gives none.
std::string new_secret(std::size_t bytes);

/// The value of the header `webhook-signature` (the specification of Standard Webhooks, "Signature
/// scheme"): for each secret `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with a
/// space between them. `at` counts in whole seconds. Throws `std::invalid_argument` for what is not
/// a secret.
std::string signature(const std::vector<std::string>& secrets, std::string_view id,
                      core::Timestamp at, std::string_view body);

/// Seconds since 1970, the value of the header `webhook-timestamp`.
std::string timestamp_text(core::Timestamp at);

}  // namespace orderflow::webhooks
