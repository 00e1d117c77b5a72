#pragma once

#include "events/delivery/subscription_runner.hpp"
#include "host/host.hpp"

#include <optional>

namespace orderflow::monitoring {

/// When the oldest event occurred that a subscription is not done with, up to `newest`. On a
/// session of `events::event_owner`.
std::optional<core::Timestamp> oldest_waiting(const host::Services& services,
                                              storage::Session session,
                                              const events::SubscriptionStatus& subscription,
                                              events::Seq newest);

}  // namespace orderflow::monitoring
