#include "card/card_amount.hpp"

namespace orderflow::billing {

std::optional<std::int64_t> card_amount(const core::Money& money) noexcept {
  const std::string_view code = money.currency.code();
  if (code == "ISK" || code == "UGX") return core::checked_multiply(money.amount, 100);
  if (code == "MGA") {
    if (money.amount % 100 != 0) return std::nullopt;
    return money.amount / 100;
  }
  if (money.currency.minor_digits() == 3 && money.amount % 10 != 0) return std::nullopt;
  return money.amount;
}

}  // namespace orderflow::billing
