#pragma once

#include "core/clock.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"
#include "events/event.hpp"

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
  std::vector<std::string> kinds;  ///< of events; empty: every public one
  EndpointState state = EndpointState::enabled;
  std::optional<std::string> disabled_because{};
  std::string secret;
  std::optional<std::string> previous_secret{};
  std::optional<core::Timestamp> previous_until{};
  events::Seq wanted_after{};  ///< it gets what comes later, of its kinds
  events::Seq known_after{};   ///< its kinds have been the same since
  events::Seq canceled_to{};
  int failures = 0;  ///< failed attempts in a row
  std::optional<core::Timestamp> failing_since{};
  core::Timestamp created_at{};
  core::Timestamp updated_at{};

  /// Those that sign at `now`, the newest first.
  std::vector<std::string> secrets_at(core::Timestamp now) const;
};

}  // namespace orderflow::webhooks
