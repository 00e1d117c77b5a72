#include "sending/sender_metrics.hpp"

namespace orderflow::webhooks {

void SenderMetrics::count(const Entry::Ended& ended) noexcept {
  attempt_micros.observe(static_cast<std::uint64_t>(ended.attempt.duration.count()));
  ++(ended.verdict.kind == Verdict::Kind::accepted ? accepted : refused);
  if (ended.verdict.kind == Verdict::Kind::given_up) ++given_up;
}

void SenderMetrics::add_to(telemetry::Exposition& metrics) const {
  const auto number = [](std::uint64_t value) { return telemetry::number(value); };
  metrics.gauge("orderflow_webhook_endpoints", "Endpoints that are sent events.",
                number(endpoints));
  metrics.gauge("orderflow_webhook_deliveries_waiting",
                "Deliveries that are due, retried or parked.", number(waiting));
  metrics.gauge("orderflow_webhook_in_flight", "Requests that run.", number(under_way));
  metrics.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.",
                  number(accepted), {{"outcome", "accepted"}});
  metrics.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.",
                  number(refused), {{"outcome", "failed"}});
  metrics.counter("orderflow_webhook_given_up_total", "Deliveries whose last attempt has failed.",
                  number(given_up));
  metrics.histogram("orderflow_webhook_attempt_seconds", "What an attempt took.",
                    attempt_micros.snapshot(), 1e6);
}

}  // namespace orderflow::webhooks
