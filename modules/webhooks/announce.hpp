#pragma once

#include "audience.hpp"
#include "events/turn.hpp"
#include "sending/wakeup.hpp"
#include "settings.hpp"

#include <string_view>

namespace orderflow::webhooks {

/// The name of the one subscription that serves all endpoints: a key in the database.
inline constexpr std::string_view webhooks_subscription = "webhooks.send";

/// Writes down, in the transaction that handles an event, to whom it is to be sent: one message and
/// a delivery for each endpoint that wants it. On the writer thread.
class Announcer {
 public:
  /// All outlive it.
  Announcer(const Settings& settings, Audience& audience, Wakeup& wakeup)
      : settings_(settings), audience_(audience), wakeup_(wakeup) {}

  void handle(const events::Event& event, events::Turn& turn) const;

 private:
  void disable(const Audience::Member& member, events::Turn& turn) const;

  const Settings& settings_;
  Audience& audience_;
  Wakeup& wakeup_;
};

}  // namespace orderflow::webhooks
