#include "books/payment.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace orderflow::billing {
namespace {

using enum PaymentState;

constexpr std::array names = std::to_array<std::pair<PaymentState, std::string_view>>({
    {requested, "requested"},
    {sending, "sending"},
    {processing, "processing"},
    {captured, "captured"},
    {declined, "declined"},
    {canceled, "canceled"},
    {refused, "refused"},
    {refunded, "refunded"},
});

}  // namespace

std::string_view to_string(PaymentState state) noexcept {
  return std::ranges::find(names, state, [](const auto& name) { return name.first; })->second;
}

PaymentState parse_payment_state(std::string_view text) {
  const auto found = std::ranges::find(names, text, [](const auto& name) { return name.second; });
  if (found == names.end()) {
    throw std::runtime_error("unknown payment state '" + std::string(text) + "'");
  }
  return found->first;
}

}  // namespace orderflow::billing
