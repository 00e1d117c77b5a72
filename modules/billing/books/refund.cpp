#include "books/refund.hpp"

#include "books/transition.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace orderflow::billing {
namespace {

constexpr std::array state_names = std::to_array<std::pair<RefundState, std::string_view>>({
    {RefundState::requested, "requested"},
    {RefundState::made, "made"},
    {RefundState::refused, "refused"},
    {RefundState::abandoned, "abandoned"},
});

constexpr std::array state_transitions = std::to_array<Transition<RefundChange, RefundState>>({
    {RefundChange::make, RefundState::requested, RefundState::made},
    {RefundChange::refuse, RefundState::requested, RefundState::refused},
    {RefundChange::abandon, RefundState::requested, RefundState::abandoned},
    {RefundChange::take_up_again, RefundState::abandoned, RefundState::requested},
});
static_assert(leads_to_one_state(state_transitions));

}  // namespace

bool may(RefundChange change, RefundState from) noexcept {
  return is_transition(state_transitions, change, from);
}

RefundState state_after(RefundChange change) noexcept {
  return state_after(state_transitions, change);
}

std::string states_before(RefundChange change) {
  return states_before(state_transitions, change);
}

std::string_view to_string(RefundState state) noexcept {
  return std::ranges::find(state_names, state, [](const auto& name) { return name.first; })->second;
}

std::string_view to_string(RefundOrigin origin) noexcept {
  return origin == RefundOrigin::gateway ? "gateway" : "orderflow";
}

RefundState parse_refund_state(std::string_view text) {
  const auto found =
      std::ranges::find(state_names, text, [](const auto& name) { return name.second; });
  if (found == state_names.end()) {
    throw std::runtime_error("unknown refund state '" + std::string(text) + "'");
  }
  return found->first;
}

}  // namespace orderflow::billing
