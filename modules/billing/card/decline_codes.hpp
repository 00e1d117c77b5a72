#pragma once

#include <string_view>

namespace orderflow::billing {

/// Our code for why the card gateway declined a charge, from its `decline_code`, or from its
/// `code` where it gives no other. What it suspects of a card or its holder (lost, stolen, fraud)
/// is `card_declined` like every reason it keeps to itself: a thief learns nothing from us.
std::string_view decline_code_of(std::string_view gateway_code) noexcept;

/// The codes that do not come from the issuer of the card.
inline constexpr std::string_view authentication_required = "authentication_required";
inline constexpr std::string_view amount_not_accepted = "amount_not_accepted";
inline constexpr std::string_view amount_too_large = "amount_too_large";
inline constexpr std::string_view amount_too_small = "amount_too_small";
inline constexpr std::string_view charge_already_refunded = "charge_already_refunded";
inline constexpr std::string_view charge_not_refundable = "charge_not_refundable";
inline constexpr std::string_view currency_not_supported = "currency_not_supported";
inline constexpr std::string_view limit_exceeded = "limit_exceeded";
inline constexpr std::string_view payment_method_invalid = "payment_method_invalid";
inline constexpr std::string_view payment_method_missing = "payment_method_missing";

}  // namespace orderflow::billing
