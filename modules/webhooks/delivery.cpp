#include "delivery.hpp"

#include "events/log/cloud_event.hpp"

namespace orderflow::webhooks {

std::string_view to_string(DeliveryState state) noexcept {
  switch (state) {
    case DeliveryState::due:
      return "due";
    case DeliveryState::parked:
      return "parked";
    case DeliveryState::delivered:
      return "delivered";
    case DeliveryState::failed:
      return "failed";
    case DeliveryState::canceled:
      break;
  }
  return "canceled";
}

WebhookMessage message_of(const events::Event& event) {
  const events::EventMeta& meta = event.meta();
  return {.seq = meta.seq,
          .event_id = meta.id.value(),
          .kind = meta.kind,
          .correlation_id = meta.correlation_id,
          .traceparent = meta.traceparent,
          .body = events::cloud_event_text(event)};
}

std::optional<DeliveryState> delivery_state(std::string_view text) noexcept {
  for (const auto state : {DeliveryState::due, DeliveryState::parked, DeliveryState::delivered,
                           DeliveryState::failed, DeliveryState::canceled}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace orderflow::webhooks
