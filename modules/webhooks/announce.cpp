#include "announce.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "events/cloud_event.hpp"
#include "telemetry/log.hpp"

#include <string>
#include <utility>
#include <vector>

namespace orderflow::webhooks {
namespace {

WebhookMessage message_of(const events::Event& event) {
  const events::EventMeta& meta = event.meta();
  return {.seq = meta.seq,
          .event_id = meta.id.value(),
          .kind = meta.kind,
          .correlation_id = meta.correlation_id,
          .traceparent = meta.traceparent,
          .body = events::cloud_event_text(event)};
}

}  // namespace

void Announcer::handle(const events::Event& event, events::Turn& turn) const {
  if (audience_.empty()) return;
  const events::Seq seq = event.meta().seq;
  std::vector<const Audience::Member*> members;
  for (const Audience::Member* member : audience_.wanting(event.kind(), seq)) {
    if (member->waiting < settings_.waiting_max) {
      members.push_back(member);
    } else {
      disable(*member, turn);
    }
  }
  if (members.empty()) return;

  DeliveryStore deliveries(turn.db());
  deliveries.insert_message(message_of(event), members.size());
  std::vector<EndpointId> endpoints;
  endpoints.reserve(members.size());
  for (const Audience::Member* member : members) {
    deliveries.insert(member->id, seq, event.meta().key, member->canceled_to, turn.now());
    audience_.add_waiting(turn, member->id, 1);
    endpoints.push_back(member->id);
  }
  turn.after_commit([this, endpoints = std::move(endpoints)] { wakeup_.has_work(endpoints); });
}

void Announcer::disable(const Audience::Member& member, events::Turn& turn) const {
  EndpointStore endpoints(turn.db());
  auto endpoint = endpoints.find(member.id);
  if (!endpoint || endpoint->state != EndpointState::enabled) return;
  endpoint->state = EndpointState::disabled;
  endpoint->disabled_because =
      std::to_string(settings_.waiting_max) + " deliveries wait, which is the most that may";
  endpoint->updated_at = turn.now();
  endpoints.update(*endpoint);
  telemetry::log("webhooks")
      .warn("webhook endpoint disabled endpoint={} reason=\"{}\"", endpoint->id.value().to_string(),
            *endpoint->disabled_because);
  audience_.put(turn, *endpoint);
}

}  // namespace orderflow::webhooks
