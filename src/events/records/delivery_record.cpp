#include "events/records/delivery_record.hpp"

#include <stdexcept>

namespace orderflow::events {

std::string_view to_string(DeliveryState state) noexcept {
  switch (state) {
    case DeliveryState::running:
      return "running";
    case DeliveryState::retrying:
      return "retrying";
    case DeliveryState::parked:
      return "parked";
    case DeliveryState::dead:
      break;
  }
  return "dead";
}

DeliveryState parse_delivery_state(std::string_view text) {
  for (const DeliveryState state : {DeliveryState::running, DeliveryState::retrying,
                                    DeliveryState::parked, DeliveryState::dead}) {
    if (to_string(state) == text) return state;
  }
  throw std::runtime_error("event_delivery holds the unknown state '" + std::string(text) + "'");
}

std::int64_t& SubscriptionRecord::count(DeliveryState state) noexcept {
  switch (state) {
    case DeliveryState::running:
      return running;
    case DeliveryState::retrying:
      return retrying;
    case DeliveryState::parked:
      return parked;
    case DeliveryState::dead:
      break;
  }
  return dead;
}

}  // namespace orderflow::events
