#include "endpoint/endpoint.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::webhooks {

std::string_view to_string(EndpointState state) noexcept {
  switch (state) {
    case EndpointState::enabled:
      return "enabled";
    case EndpointState::disabled:
      return "disabled";
    case EndpointState::deleted:
      break;
  }
  return "deleted";
}

EndpointState endpoint_state(std::string_view text) {
  for (const auto state :
       {EndpointState::enabled, EndpointState::disabled, EndpointState::deleted}) {
    if (to_string(state) == text) return state;
  }
  throw std::logic_error("'" + std::string(text) + "' is not a state of an endpoint");
}

void Endpoint::disable(std::string because, events::Seq newest) {
  state = EndpointState::disabled;
  disabled_because = std::move(because);
  wanted.end_stretch(cursor, newest, wanted.kinds);
  missed_after = newest;
}

void Endpoint::enable(events::Seq newest) {
  state = EndpointState::enabled;
  disabled_because.reset();
  wanted.end_stretch(cursor, newest, std::nullopt);
  known_after = newest;
  failures = 0;
  failing_since.reset();
}

std::vector<std::string> Endpoint::secrets_at(core::Timestamp now) const {
  std::vector<std::string> secrets{secret};
  if (previous_secret && previous_until && now < *previous_until) {
    secrets.push_back(*previous_secret);
  }
  return secrets;
}

}  // namespace orderflow::webhooks
