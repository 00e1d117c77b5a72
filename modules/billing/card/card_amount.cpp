#include "card/card_amount.hpp"

#include <algorithm>
#include <limits>

namespace orderflow::billing {
namespace {

/// How a currency is counted by the gateway: in steps of `divisor` of its minor unit, each of
/// which is `factor` of the gateway's.
struct Scale {
  std::int64_t divisor;  ///< what does not come in whole steps cannot be held
  std::int64_t factor;
};

Scale scale_of(const core::Currency& currency) noexcept {
  const std::string_view code = currency.code();
  if (code == "ISK" || code == "UGX") return {1, 100};
  if (code == "MGA") return {100, 1};
  if (currency.minor_digits() == 3) return {10, 10};
  return {1, 1};
}

}  // namespace

std::optional<std::int64_t> card_amount(const core::Money& money) noexcept {
  const Scale scale = scale_of(money.currency);
  if (money.amount % scale.divisor != 0) return std::nullopt;
  return core::checked_multiply(money.amount / scale.divisor, scale.factor);
}

std::int64_t card_representable(const core::Money& money) noexcept {
  const Scale scale = scale_of(money.currency);
  const std::int64_t steps_max = std::numeric_limits<std::int64_t>::max() / scale.factor;
  return std::min(money.amount / scale.divisor, steps_max) * scale.divisor;
}

std::optional<core::Money> money_of_card(std::int64_t amount, std::string_view code) noexcept {
  const auto currency = core::Currency::parse(code);
  if (!currency || amount < 0) return std::nullopt;
  const Scale scale = scale_of(*currency);
  if (amount % scale.factor != 0) return std::nullopt;
  const auto minor = core::checked_multiply(amount / scale.factor, scale.divisor);
  if (!minor) return std::nullopt;
  return core::Money{*minor, *currency};
}

}  // namespace orderflow::billing
