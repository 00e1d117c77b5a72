#include "record_attempt.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "telemetry/log.hpp"

#include <optional>
#include <string>

namespace orderflow::webhooks {
namespace {

using Kind = Verdict::Kind;

void apply(const AttemptReport& report, Delivery& delivery, core::Timestamp now) {
  delivery.attempts = report.attempt.number;
  delivery.last_status = report.attempt.status;
  delivery.last_error = report.attempt.error;
  switch (report.verdict.kind) {
    case Kind::again:
      delivery.due_at = report.verdict.due_at;
      return;
    case Kind::accepted:
      delivery.state = DeliveryState::delivered;
      break;
    case Kind::given_up:
      delivery.state = DeliveryState::failed;
      break;
    case Kind::gone:
      delivery.state = DeliveryState::canceled;
      break;
  }
  delivery.ended_at = now;
}

void disable(Endpoint& endpoint, std::string because) {
  endpoint.state = EndpointState::disabled;
  telemetry::log("webhooks")
      .warn("webhook endpoint disabled endpoint={} reason=\"{}\"", endpoint.id.value().to_string(),
            because);
  endpoint.disabled_because = std::move(because);
}

/// True where the endpoint's row is to be written.
bool apply(const AttemptReport& report, Endpoint& endpoint, const Settings& settings,
           DeliveryStore& deliveries) {
  if (report.verdict.kind == Kind::accepted) {
    if (endpoint.failures == 0) return false;
    endpoint.failures = 0;
    endpoint.failing_since.reset();
    return true;
  }
  ++endpoint.failures;
  if (!endpoint.failing_since) endpoint.failing_since = report.attempt.started_at;
  if (endpoint.state != EndpointState::enabled) return true;
  const core::Timestamp ended = report.attempt.started_at + report.attempt.duration;
  if (report.verdict.kind == Kind::gone) {
    disable(endpoint, "it answered 410 Gone");
    endpoint.canceled_to = deliveries.newest(endpoint.id);
  } else if (ended - *endpoint.failing_since >= settings.disable_after) {
    disable(endpoint, "every attempt failed since " + core::to_rfc3339(*endpoint.failing_since));
  }
  return true;
}

}  // namespace

int record_attempt(events::Turn& turn, const AttemptReport& report, const Settings& settings,
                   Audience& audience) {
  EndpointStore endpoints(turn.db());
  DeliveryStore deliveries(turn.db());
  auto endpoint = endpoints.find(report.endpoint);
  auto delivery = deliveries.find(report.endpoint, report.seq);
  if (!endpoint || !delivery) return 0;
  // It was canceled, or canceled and sent again, while this attempt was under way.
  if (delivery->attempts + 1 != report.attempt.number) return endpoint->failures;

  deliveries.insert_attempt(report.endpoint, report.seq, report.attempt);
  const bool waited = waits(delivery->state);
  if (waited) {
    apply(report, *delivery, turn.now());
  } else {
    delivery->attempts = report.attempt.number;
  }
  deliveries.update(*delivery);
  const bool has_ended = waited && !waits(delivery->state);
  if (has_ended) {
    deliveries.release_next(report.endpoint, delivery->key, endpoint->canceled_to, turn.now());
  }
  const bool is_touched = apply(report, *endpoint, settings, deliveries);
  if (is_touched) endpoints.update(*endpoint);
  if (is_touched) audience.put(turn, *endpoint);
  if (has_ended) audience.add_waiting(turn, endpoint->id, -1);
  return endpoint->failures;
}

}  // namespace orderflow::webhooks
