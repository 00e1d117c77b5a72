#include "bridge/bridge_metrics.hpp"

#include <string>

namespace orderflow::bridge {
namespace {

using telemetry::Exposition;

template <class Number>
double number(Number value) {
  return static_cast<double>(value);
}

void export_publisher(Exposition& metrics, const PublisherStatus& status) {
  const bool is_connected = status.state == ConnectionState::connected;
  metrics.gauge("orderflow_bridge_connected", "1 where the connection stands and is not blocked.",
                is_connected ? 1 : 0, {{"connection", "publish"}});
  metrics.counter("orderflow_bridge_reconnects_total", "Connections made after the first.",
                  number(status.reconnects), {{"connection", "publish"}});
  metrics.counter("orderflow_bridge_published_total", "Messages sent, repeats included.",
                  number(status.published));
  metrics.counter("orderflow_bridge_confirmed_total", "Messages that the broker has taken over.",
                  number(status.confirmed));
  metrics.counter("orderflow_bridge_nacked_total", "Messages that the broker could not take.",
                  number(status.nacked));
  metrics.counter("orderflow_bridge_returned_total", "Messages that no queue took.",
                  number(status.returned));
  metrics.counter(
      "orderflow_bridge_queues_lost_total",
      "Queues of modules that were lost, declared again, and sent the last events again.",
      number(status.lost));
  metrics.gauge("orderflow_bridge_held",
                "Events that wait because no queue took one that must be heard.",
                number(status.deferred));
  metrics.gauge("orderflow_bridge_outstanding", "Events handed over and not confirmed.",
                number(status.outstanding));
}

void export_consumer(Exposition& metrics, const ConsumerStatus& status) {
  metrics.gauge("orderflow_bridge_connected", "1 where the connection stands and is not blocked.",
                status.state == ConnectionState::connected ? 1 : 0, {{"connection", "consume"}});
  metrics.counter("orderflow_bridge_reconnects_total", "Connections made after the first.",
                  number(status.reconnects), {{"connection", "consume"}});
  metrics.counter("orderflow_bridge_consumed_total", "Messages that came.",
                  number(status.consumed));
  metrics.counter("orderflow_bridge_redelivered_total", "Messages that may have come before.",
                  number(status.redelivered));
  const auto ended = [&](const char* outcome, double count) {
    metrics.counter("orderflow_bridge_messages_total",
                    "Messages that were acknowledged or rejected.", count, {{"outcome", outcome}});
  };
  const std::uint64_t aside = status.skipped + status.passed_on;
  ended("taken_in", number(status.acknowledged - aside));
  ended("skipped", number(status.skipped));
  ended("passed_on", number(status.passed_on));
  ended("rejected", number(status.rejected));
  metrics.gauge("orderflow_bridge_unacknowledged", "Messages that came and are not acknowledged.",
                number(status.waiting));
}

}  // namespace

void export_metrics(Exposition& metrics, const BridgeStatus& status) {
  if (status.name) {
    metrics.gauge("orderflow_bridge_connected", "1 where the connection stands and is not blocked.",
                  status.name->state == ConnectionState::connected ? 1 : 0,
                  {{"connection", "name"}});
  }
  export_publisher(metrics, status.publisher);
  if (status.consumer) export_consumer(metrics, *status.consumer);
}

}  // namespace orderflow::bridge
