#include "faults/simulation/mixture.hpp"

#include <utility>

namespace orderflow::simulation {
namespace {

using Weighed = std::pair<Action, std::uint64_t>;

constexpr std::array usual = std::to_array<Weighed>({
    {Action::step_writer, 240},
    {Action::poll, 240},
    {Action::fire_timers, 60},
    {Action::advance, 90},
    {Action::place, 90},
    {Action::place_nonsense, 4},
    {Action::repeat, 30},
    {Action::misuse_key, 4},
    {Action::cancel, 40},
    {Action::refund, 40},
    {Action::repeat_refund, 12},
    {Action::operate, 40},
    {Action::copy, 4},
    {Action::read, 40},
    {Action::duplicate, 12},
    {Action::late_event, 12},
    {Action::jump, 4},
    {Action::arm_fault, 14},
    {Action::arm_cut, 8},
    {Action::checkpoint, 6},
    {Action::rescan, 10},
    {Action::lose_power, 3},
    {Action::kill, 3},
    {Action::stop, 3},
    {Action::let_days_pass, 3},
    {Action::gateway_tells, 40},
    {Action::gateway_settles, 12},
    {Action::refund_by_hand, 6},
    {Action::refund_again, 12},
    {Action::begin_long_read, 6},
    {Action::look_again, 12},
    {Action::place_and_wait, 12},
    {Action::leave, 24},
    {Action::manage_webhooks, 24},
    {Action::manage_keys, 16},
    {Action::use_keys, 16},
});

/// Those without which nothing gets on.
constexpr bool is_work(Action action) {
  return action == Action::step_writer || action == Action::poll || action == Action::fire_timers ||
         action == Action::advance || action == Action::place;
}

}  // namespace

Mixture::Mixture(core::Random& random) {
  static_assert(usual.size() == actions);
  for (const auto& [action, weight] : usual) {
    constexpr std::array<std::uint64_t, 4> factors{0, 1, 2, 6};
    weights_[static_cast<std::size_t>(action)] =
        weight * (is_work(action) ? 1 + random.below(3) : factors[random.below(4)]);
  }
}

Action Mixture::choose(core::Random& random) const {
  std::uint64_t sum = 0;
  for (const std::uint64_t weight : weights_)
    sum += weight;
  std::uint64_t point = random.below(sum);
  std::size_t chosen = 0;
  while (point >= weights_[chosen])
    point -= weights_[chosen++];
  return static_cast<Action>(chosen);
}

}  // namespace orderflow::simulation
