#include "endpoint/change_endpoint.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "sending/signature.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::webhooks {
namespace {

void tell(events::Turn& turn, const Endpoint& endpoint, RouteServices& services) {
  const std::size_t waiting =
      endpoint.state == EndpointState::enabled
          ? DeliveryStore(turn.db()).count_waiting(endpoint.id, endpoint.canceled_to)
          : 0;
  services.audience.put(turn, endpoint, waiting);
  turn.after_commit([&services, id = endpoint.id] { services.wakeup.has_changed(id); });
}

void save(events::Turn& turn, Endpoint& endpoint, RouteServices& services) {
  endpoint.updated_at = turn.now();
  EndpointStore(turn.db()).update(endpoint);
  tell(turn, endpoint, services);
}

void let_wait(events::Turn& turn, Delivery delivery, events::Seq canceled_to) {
  delivery.state = DeliveryState::parked;
  delivery.attempts_before = delivery.attempts;
  delivery.due_at = turn.now();
  delivery.ended_at.reset();
  DeliveryStore deliveries(turn.db());
  const bool is_blocked = deliveries.is_waited_for(delivery.endpoint, delivery.key, canceled_to);
  if (!is_blocked) delivery.state = DeliveryState::due;
  deliveries.update(delivery);
}

void resume_sending(events::Turn& turn, EndpointId id, std::ptrdiff_t count,
                    RouteServices& services) {
  services.audience.add_waiting(turn, id, count);
  turn.after_commit([&services, id] { services.wakeup.has_work({id}); });
}

}  // namespace

std::optional<Endpoint> add_endpoint(events::Turn& turn, const EndpointWish& wish,
                                     RouteServices& services) {
  EndpointStore endpoints(turn.db());
  if (endpoints.count() >= services.settings.endpoints_max) return std::nullopt;
  Endpoint endpoint;
  endpoint.id = EndpointId{turn.new_id()};
  endpoint.url = wish.url.value_or("");
  endpoint.description = wish.description.value_or("");
  endpoint.kinds = wish.kinds.value_or(std::vector<std::string>{});
  endpoint.secret = new_secret(services.settings.secret_bytes);
  endpoint.wanted_after = turn.newest();
  endpoint.known_after = endpoint.wanted_after;
  endpoint.created_at = turn.now();
  endpoint.updated_at = turn.now();
  endpoints.insert(endpoint);
  tell(turn, endpoint, services);
  return endpoint;
}

std::optional<Endpoint> change_endpoint(events::Turn& turn, EndpointId id, const EndpointWish& wish,
                                        RouteServices& services) {
  auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return std::nullopt;
  if (wish.url) endpoint->url = *wish.url;
  if (wish.description) endpoint->description = *wish.description;
  if (wish.kinds && *wish.kinds != endpoint->kinds) {
    endpoint->kinds = *wish.kinds;
    endpoint->known_after = turn.newest();
  }
  if (wish.enabled == true && endpoint->state == EndpointState::disabled) {
    endpoint->state = EndpointState::enabled;
    endpoint->disabled_because.reset();
    endpoint->wanted_after = turn.newest();
    endpoint->known_after = endpoint->wanted_after;
    endpoint->failures = 0;
    endpoint->failing_since.reset();
  }
  if (wish.enabled == false && endpoint->state == EndpointState::enabled) {
    endpoint->state = EndpointState::disabled;
    endpoint->disabled_because = "its owner disabled it";
  }
  save(turn, *endpoint, services);
  return endpoint;
}

std::optional<Endpoint> delete_endpoint(events::Turn& turn, EndpointId id,
                                        RouteServices& services) {
  auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return std::nullopt;
  endpoint->state = EndpointState::deleted;
  save(turn, *endpoint, services);
  return endpoint;
}

std::optional<Endpoint> rotate_secret(events::Turn& turn, EndpointId id, core::Duration overlap,
                                      RouteServices& services) {
  auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return std::nullopt;
  std::string old = std::exchange(endpoint->secret, new_secret(services.settings.secret_bytes));
  endpoint->previous_secret.reset();
  endpoint->previous_until.reset();
  if (overlap > core::Duration{0}) {
    endpoint->previous_secret = std::move(old);
    endpoint->previous_until = turn.now() + overlap;
  }
  save(turn, *endpoint, services);
  return endpoint;
}

Resending resend(events::Turn& turn, EndpointId id, events::Seq seq, RouteServices& services) {
  const auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return Resending::no_such_delivery;
  const auto delivery = DeliveryStore(turn.db()).find(id, seq);
  if (!delivery) return Resending::no_such_delivery;
  if (endpoint->state != EndpointState::enabled) return Resending::disabled;
  if (waits(delivery->state) || seq <= endpoint->canceled_to) return Resending::waits_anyway;
  let_wait(turn, *delivery, endpoint->canceled_to);
  resume_sending(turn, id, 1, services);
  return Resending::begun;
}

std::size_t resend_failed(events::Turn& turn, const Endpoint& endpoint, std::size_t limit,
                          RouteServices& services) {
  std::size_t count = 0;
  for (const Delivery& delivery : DeliveryStore(turn.db()).failed(endpoint.id, limit)) {
    if (delivery.seq <= endpoint.canceled_to) continue;
    let_wait(turn, delivery, endpoint.canceled_to);
    ++count;
  }
  resume_sending(turn, endpoint.id, static_cast<std::ptrdiff_t>(count), services);
  return count;
}

}  // namespace orderflow::webhooks
