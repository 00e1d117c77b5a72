#pragma once

#include "events/delivery/subscription.hpp"
#include "outbound/destination.hpp"

namespace orderflow::host {

/// How many attempts of an effect may be in flight by the current state of its destination; for
/// `events::EffectSubscription::gate`.
inline events::Gate gate_of(const outbound::Destination& destination) {
  const outbound::Allowance allowance = destination.allowance();
  return {.in_flight_max = allowance.in_flight_max, .look_again_at = allowance.look_again_at};
}

}  // namespace orderflow::host
