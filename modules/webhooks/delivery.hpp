#pragma once

#include "core/clock.hpp"
#include "endpoint/endpoint.hpp"
#include "events/log/event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::webhooks {

/// How a delivery stands.
enum class DeliveryState {
  due,        ///< is tried when its time has come, for the first time or again
  parked,     ///< waits for an earlier one of its key
  delivered,  ///< the endpoint has accepted it
  failed,     ///< given up after the last attempt
  canceled    ///< given up because the endpoint wants no more
};

std::string_view to_string(DeliveryState state) noexcept;
std::optional<DeliveryState> delivery_state(std::string_view text) noexcept;

/// Still to be sent.
constexpr bool waits(DeliveryState state) noexcept {
  return state == DeliveryState::due || state == DeliveryState::parked;
}

/// One event for one endpoint. Its endpoint and its event's position in the log name it.
struct Delivery {
  EndpointId endpoint;
  events::Seq seq;
  std::string key;
  DeliveryState state = DeliveryState::due;
  int attempts = 0;         ///< that have ended
  int attempts_before = 0;  ///< those before it was last sent again: the schedule starts over there
  core::Timestamp due_at{};
  core::Timestamp created_at{};
  std::optional<core::Timestamp> ended_at{};
  std::optional<unsigned> last_status{};
  std::optional<std::string> last_error{};
};

/// What is sent of an event.
struct WebhookMessage {
  events::Seq seq;
  core::Uuid event_id;
  std::string kind;
  std::string correlation_id;
  std::string traceparent;
  std::string body;
};

/// As the log shows the event; the same each time.
WebhookMessage message_of(const events::Event& event);

/// One attempt that has ended.
struct Attempt {
  int number = 1;
  core::Timestamp started_at{};
  core::Duration duration{};
  std::optional<unsigned> status{};    ///< HTTP; nothing where there was no answer
  std::optional<std::string> error{};  ///< nothing where it was accepted
};

/// The header `webhook-id`: that of the event, so that a receiver knows what it has seen.
inline std::string webhook_id(const WebhookMessage& message) {
  return message.event_id.to_string();
}

}  // namespace orderflow::webhooks
