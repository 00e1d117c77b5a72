#include "endpoint/change_endpoint.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "sending/signature.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::webhooks {
namespace {

void after_change(events::Turn& turn, EndpointId id, RouteServices& services) {
  turn.after_commit([&services, id] { services.wakeup.has_changed(id); });
}

void save(events::Turn& turn, Endpoint& endpoint, RouteServices& services) {
  endpoint.updated_at = turn.now();
  EndpointStore(turn.db()).update(endpoint);
  after_change(turn, endpoint.id, services);
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

void resume_sending(events::Turn& turn, EndpointId id, RouteServices& services) {
  turn.after_commit([&services, id] { services.wakeup.has_work({id}); });
}

}  // namespace

std::optional<Endpoint> add_endpoint(events::Turn& turn, const EndpointRequest& endpoint_request,
                                     RouteServices& services) {
  EndpointStore endpoints(turn.db());
  if (endpoints.count() >= services.settings.endpoints_max) return std::nullopt;
  Endpoint endpoint;
  endpoint.id = EndpointId{turn.new_id()};
  endpoint.url = endpoint_request.url.value_or("");
  endpoint.description = endpoint_request.description.value_or("");
  endpoint.wanted.kinds = endpoint_request.kinds.value_or(Kinds{});
  endpoint.secret = new_secret(services.settings.secret_bytes);
  endpoint.cursor = turn.newest();
  endpoint.known_after = endpoint.cursor;
  endpoint.created_at = turn.now();
  endpoint.updated_at = turn.now();
  endpoints.insert(endpoint);
  after_change(turn, endpoint.id, services);
  return endpoint;
}

std::optional<Endpoint> change_endpoint(events::Turn& turn, EndpointId id,
                                        const EndpointRequest& endpoint_request,
                                        RouteServices& services) {
  auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return std::nullopt;
  if (endpoint_request.url) endpoint->url = *endpoint_request.url;
  if (endpoint_request.description) endpoint->description = *endpoint_request.description;
  endpoint->cursor = endpoint->position(services.reading.finished_to());
  if (endpoint_request.enabled == false && endpoint->state == EndpointState::enabled) {
    endpoint->disable("its owner disabled it", turn.newest());
  }
  if (endpoint_request.kinds && *endpoint_request.kinds != endpoint->wanted.kinds) {
    if (endpoint->state == EndpointState::enabled) {
      endpoint->wanted.end_stretch(endpoint->cursor, turn.newest(), endpoint->wanted.kinds);
    }
    endpoint->wanted.kinds = *endpoint_request.kinds;
    endpoint->known_after = turn.newest();
  }
  if (endpoint_request.enabled == true && endpoint->state == EndpointState::disabled) {
    endpoint->enable(turn.newest());
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

Resending resend(events::Turn& turn, EndpointId id, events::Seq seq,
                 const std::optional<WebhookMessage>& message, RouteServices& services) {
  const auto endpoint = EndpointStore(turn.db()).find(id);
  if (!endpoint) return Resending::no_such_delivery;
  DeliveryStore deliveries(turn.db());
  const auto delivery = deliveries.find(id, seq);
  if (!delivery) return Resending::no_such_delivery;
  if (endpoint->state != EndpointState::enabled) return Resending::disabled;
  if (waits(delivery->state) || seq <= endpoint->canceled_to) return Resending::waits_anyway;
  if (delivery->state == DeliveryState::delivered) {
    if (!message) return Resending::no_such_delivery;
    deliveries.keep_message(*message);
  }
  let_wait(turn, *delivery, endpoint->canceled_to);
  resume_sending(turn, id, services);
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
  resume_sending(turn, endpoint.id, services);
  return count;
}

}  // namespace orderflow::webhooks
