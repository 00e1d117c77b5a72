#include "books/payment.hpp"

#include "books/transition.hpp"

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

constexpr std::array transitions = std::to_array<Transition<PaymentChange, PaymentState>>({
    {PaymentChange::send, requested, sending},
    {PaymentChange::send, sending, sending},
    {PaymentChange::process, sending, processing},
    {PaymentChange::capture, sending, captured},
    {PaymentChange::capture, processing, captured},
    {PaymentChange::decline, sending, declined},
    {PaymentChange::decline, processing, declined},
    {PaymentChange::give_up, requested, declined},
    {PaymentChange::give_up, sending, declined},
    {PaymentChange::cancel, requested, canceled},
    {PaymentChange::refund, captured, refunded},
});
static_assert(leads_to_one_state(transitions));

}  // namespace

bool may(PaymentChange change, PaymentState from) noexcept {
  return is_transition(transitions, change, from);
}

PaymentState state_after(PaymentChange change) noexcept {
  return state_after(transitions, change);
}

std::string states_before(PaymentChange change) {
  return states_before(transitions, change);
}

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
