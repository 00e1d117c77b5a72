#include "bridge/bridge_metrics.hpp"

#include <limits>
#include <string>

namespace orderflow::bridge {
namespace {

using telemetry::Exposition;
using telemetry::number;

void export_publisher(Exposition& metrics, const PublisherStatus& status, std::int64_t lag) {
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
  metrics.gauge("orderflow_bridge_held",
                "Events that wait because no queue took one that a module needs.",
                number(status.deferred));
  metrics.gauge("orderflow_bridge_outstanding",
                "Events of the log behind what the broker has confirmed.", number(lag));
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

void export_redriver(Exposition& metrics, const RedriverStatus& status) {
  metrics.counter("orderflow_bridge_redriven_total",
                  "Messages that were sent once more and taken over by the broker.",
                  number(status.confirmed - status.unroutable));
  metrics.counter("orderflow_bridge_redriven_unroutable_total",
                  "Messages that were sent once more to a queue that is not there.",
                  number(status.unroutable));
}

void export_unconsumed(Exposition& metrics, const UnconsumedQueues& queues) {
  for (const auto& dead : queues.dead) {
    metrics.gauge("orderflow_bridge_dead_messages",
                  "Messages in the dead queue of a module, NaN before the broker was asked.",
                  dead.messages ? number(*dead.messages) : std::numeric_limits<double>::quiet_NaN(),
                  {{"module", dead.module}});
  }
  metrics.gauge("orderflow_bridge_abandoned_queues",
                "Queues of nodes that do not run, of those that this node has come across.",
                number(queues.abandoned.size()));
  for (const auto& abandoned : queues.abandoned) {
    metrics.gauge("orderflow_bridge_abandoned_messages",
                  "Messages in the queue of a node that does not run.", number(abandoned.messages),
                  {{"queue", abandoned.queue}});
  }
}

}  // namespace

void export_metrics(Exposition& metrics, const BridgeStatus& status, std::int64_t lag) {
  export_publisher(metrics, status.publisher, lag);
  if (status.consumer) export_consumer(metrics, *status.consumer);
  if (status.redriver) export_redriver(metrics, *status.redriver);
  export_unconsumed(metrics, status.unconsumed);
}

}  // namespace orderflow::bridge
