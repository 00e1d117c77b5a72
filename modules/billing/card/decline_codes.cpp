#include "card/decline_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderflow::billing {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr auto codes = std::to_array<Entry>({
    {"authentication_not_handled", "authentication_required"},
    {"authentication_required", "authentication_required"},
    {"card_not_supported", "card_not_supported"},
    {"card_velocity_exceeded", "limit_exceeded"},
    {"currency_not_supported", "currency_not_supported"},
    {"expired_card", "expired_card"},
    {"incorrect_address", "incorrect_address"},
    {"incorrect_cvc", "incorrect_cvc"},
    {"incorrect_number", "incorrect_number"},
    {"incorrect_zip", "incorrect_address"},
    {"insufficient_funds", "insufficient_funds"},
    {"invalid_amount", "amount_not_accepted"},
    {"invalid_cvc", "incorrect_cvc"},
    {"invalid_expiry_month", "expired_card"},
    {"invalid_expiry_year", "expired_card"},
    {"invalid_number", "incorrect_number"},
    {"issuer_not_available", "try_again_later"},
    {"offline_pin_required", "authentication_required"},
    {"online_or_offline_pin_required", "authentication_required"},
    {"processing_error", "try_again_later"},
    {"reenter_transaction", "try_again_later"},
    {"try_again_later", "try_again_later"},
    {"withdrawal_count_limit_exceeded", "limit_exceeded"},
});

}  // namespace

std::string_view decline_code_of(std::string_view gateway_code) noexcept {
  const auto found = std::ranges::find(codes, gateway_code, &Entry::first);
  return found == codes.end() ? "card_declined" : found->second;
}

}  // namespace orderflow::billing
