#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <string_view>

namespace orderflow::billing {

/// An event of the gateway that was signed longer ago, or is to be signed so much later, is
/// refused.
inline constexpr core::Duration signature_tolerance = std::chrono::minutes{5};

/// Whether the card gateway has signed `body` with `secret`, at about this time. `header` is its
/// `Stripe-Signature`: "t=<seconds>,v1=<hex>[,v1=<hex>…]", where a v1 is the HMAC-SHA256 of
/// "<t>.<body>"; several stand there while a secret is replaced, and other schemes, and parts that
/// are not "name=value", are passed over. More than one t is refused: it would not be known which
/// one was signed. Signatures are compared in constant time.
bool is_signed(std::string_view header, std::string_view body, std::string_view secret,
               core::Timestamp now);

}  // namespace orderflow::billing
