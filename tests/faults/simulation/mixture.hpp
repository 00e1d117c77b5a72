#pragma once

#include "core/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace orderflow::simulation {

/// What can happen next in a run.
enum class Action {
  step_writer,
  poll,
  fire_timers,
  advance,
  place,
  place_and_wait,
  leave,
  place_nonsense,
  repeat,
  misuse_key,
  cancel,
  refund,
  repeat_refund,
  refund_again,
  operate,
  copy,
  manage_webhooks,
  manage_keys,
  use_keys,
  read,
  begin_long_read,
  look_again,
  duplicate,
  late_event,
  jump,
  let_days_pass,
  gateway_tells,
  gateway_settles,
  refund_by_hand,
  arm_fault,
  arm_cut,
  checkpoint,
  rescan,
  lose_power,
  kill,
  stop
};

/// How often each action comes: every run has its own mixture, so that some are quiet enough to get
/// far.
class Mixture {
 public:
  explicit Mixture(core::Random& random);

  Action choose(core::Random& random) const;

 private:
  static constexpr std::size_t actions = static_cast<std::size_t>(Action::stop) + 1;

  std::array<std::uint64_t, actions> weights_{};
};

}  // namespace orderflow::simulation
