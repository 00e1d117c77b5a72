#pragma once

#include "core/clock.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"
#include "endpoint/wanted_kinds.hpp"
#include "events/log/event.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

using EndpointId = core::Strong<struct WebhookEndpointIdTag, core::Uuid>;

enum class EndpointState {
  enabled,
  disabled,  ///< gets nothing; what waits for it waits on
  deleted    ///< gone for its owner; its rows are being removed
};

std::string_view to_string(EndpointState state) noexcept;
/// Of the text that `to_string` gives. Throws `std::logic_error` for another.
EndpointState endpoint_state(std::string_view text);

/// An address of somebody else that is told of events.
struct Endpoint {
  EndpointId id;
  std::string url;
  std::string description;
  WantedKinds wanted{};
  EndpointState state = EndpointState::enabled;
  std::optional<std::string> disabled_because{};
  std::string secret;
  std::optional<std::string> previous_secret{};
  std::optional<core::Timestamp> previous_until{};
  events::Seq cursor{};       ///< all up to here has a row, or it does not want it
  events::Seq known_after{};  ///< the wanted kinds have been the same since
  events::Seq canceled_to{};
  std::optional<events::Seq> missed_after{};  ///< when it was last disabled
  int failures = 0;                           ///< failed attempts in a row
  std::optional<core::Timestamp> failing_since{};
  core::Timestamp created_at{};
  core::Timestamp updated_at{};

  /// Those that sign at `now`, the newest first.
  std::vector<std::string> secrets_at(core::Timestamp now) const;

  /// Its position where the subscription of all has come to `all_settled`: its row tells its own
  /// alone where that matters.
  events::Seq position(events::Seq all_settled) const {
    return wanted.earlier.empty() ? std::max(cursor, all_settled) : cursor;
  }

  /// It gets nothing from the position `newest` on, but what was said before when it is enabled
  /// again.
  void disable(std::string because, events::Seq newest);
  /// It gets what comes after the position `newest`.
  void enable(events::Seq newest);
};

}  // namespace orderflow::webhooks
