#pragma once

#include "core/money.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow::billing {

/// The amount as the card gateway counts it, which differs from ISO 4217 for some currencies: it
/// takes hundredths of ISK and UGX, whole MGA, and of the currencies with three digits only what
/// ends in 0. Nothing where it cannot hold the amount.
std::optional<std::int64_t> card_amount(const core::Money& money) noexcept;

/// The largest amount up to `money`'s, in its own minor unit, that the gateway can hold: 1230 of
/// 1234 fils. `money` is not negative.
std::int64_t card_representable(const core::Money& money) noexcept;

/// The other way: an amount as the card gateway counts it, of a currency in capitals. Nothing where
/// it is none that we could hold.
std::optional<core::Money> money_of_card(std::int64_t amount, std::string_view currency) noexcept;

}  // namespace orderflow::billing
