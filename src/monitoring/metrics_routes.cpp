#include "monitoring/metrics_routes.hpp"

#include "events/dispatcher.hpp"
#include "events/flow_status.hpp"
#include "events/log/event_log.hpp"
#include "monitoring/oldest_waiting.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/process_metrics.hpp"
#include "telemetry/queued_logs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::monitoring {
namespace {

using telemetry::Exposition;
using telemetry::Labels;
using telemetry::number;

constexpr double microseconds_a_second = 1e6;

void export_process(Exposition& metrics) {
  const telemetry::ProcessMetrics process = telemetry::process_metrics();
  metrics.gauge("orderflow_build_info", "The version that runs; always 1.", 1,
                {{"version", ORDERFLOW_VERSION}});
  metrics.gauge("process_resident_memory_bytes", "Resident memory.",
                number(process.resident_bytes));
  metrics.counter("process_cpu_seconds_total", "Processor time, user and system.",
                  process.cpu_seconds);
  metrics.gauge("process_start_time_seconds", "When the process started, since 1970.",
                process.start_seconds);
  metrics.counter("orderflow_log_lines_dropped_total", "Lines of the log that nobody read in time.",
                  number(telemetry::log_lines_dropped()));
  metrics.gauge("process_open_fds", "Open files and sockets.", number(process.open_files));
  metrics.gauge("process_max_fds", "Files and sockets that may be open.",
                number(process.open_files_max));
}

void export_server(Exposition& metrics, const http::ServerMetrics& server) {
  const http::ServerCounters counters = server.counters();
  metrics.gauge("orderflow_http_connections", "Open connections.",
                number(counters.connections_open));
  metrics.counter("orderflow_http_connections_total", "Connections that were accepted.",
                  number(counters.connections_accepted));
  metrics.counter("orderflow_http_connections_refused_total", "Connections over the bound.",
                  number(counters.connections_refused));
  metrics.counter("orderflow_http_connections_ended_total",
                  "Connections that were ended to make room for others.",
                  number(counters.connections_ended));
  metrics.counter("orderflow_http_answers_ended_total",
                  "Answers that were held until their clients ended the connection.",
                  number(counters.answers_ended));
  constexpr std::array classes = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (const auto& route : server.times.routes()) {
    const auto micros = route->micros.snapshot();
    if (micros.count() == 0) continue;
    const Labels labels = {{"method", route->method}, {"route", route->pattern}};
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const auto count = route->answers[i].load(std::memory_order_relaxed);
      if (count == 0) continue;
      Labels with_status = labels;
      with_status.emplace_back("status", classes[i]);
      metrics.counter("orderflow_http_requests_total", "Answered requests.", number(count),
                      std::move(with_status));
    }
    metrics.histogram("orderflow_http_request_seconds",
                      "From a request's header to its answer, handed to the system.", micros,
                      microseconds_a_second, labels);
  }
}

void export_storage(Exposition& metrics, const storage::Writer& writer,
                    const storage::Readers& readers) {
  const storage::WriterCounters counters = writer.counters();
  metrics.counter("orderflow_storage_commits_total", "Synced commits.", number(counters.batches));
  metrics.counter("orderflow_storage_writes_total", "Writes in them.", number(counters.writes));
  metrics.gauge("orderflow_storage_writes_waiting", "Writes that wait.", number(counters.waiting));
  metrics.counter("orderflow_storage_writes_refused_total", "Writes that found the queue full.",
                  number(counters.refused));
  metrics.counter("orderflow_storage_batches_throttled_total",
                  "Commits that took fewer writes than waited, because of a backlog.",
                  number(counters.throttled));
  metrics.gauge("orderflow_storage_failed", "1 after a failed commit: no more writes are taken.",
                writer.failed() ? 1 : 0);
  metrics.counter("orderflow_storage_read_steps_total",
                  "Steps of SQLite's virtual machine that reads took, in thousands: a visited row"
                  " costs some ten.",
                  number(readers.steps()));
  metrics.gauge("orderflow_storage_log_bytes", "Bytes of the write-ahead log that are in use.",
                number(writer.wal_limit().bytes()));
  metrics.histogram("orderflow_storage_batch_writes", "Writes in a commit.",
                    writer.batch_sizes().snapshot(), 1);
  metrics.histogram("orderflow_storage_commit_seconds", "What a commit took, its sync included.",
                    writer.commit_micros().snapshot(), microseconds_a_second);
}

void export_subscription(Exposition& metrics, const events::SubscriptionStatus& subscription,
                         double lag, double age) {
  const events::SubscriptionRecord& record = subscription.record;
  const auto gauge = [&](const char* name, const char* help, double value) {
    metrics.gauge(std::string("orderflow_subscription_").append(name), help, value,
                  {{"subscription", subscription.name}});
  };
  const auto counter = [&](const char* name, const char* help, double value) {
    metrics.counter(std::string("orderflow_subscription_").append(name), help, value,
                    {{"subscription", subscription.name}});
  };
  gauge("lag_events", "Events between the log's end and what is done or has a row.", lag);
  gauge("oldest_age_seconds", "Age of the oldest event that is not done.", age);
  counter("handled_total", "Events that are done, ever.", number(record.handled));
  counter("failed_attempts_total", "Attempts that failed, ever.", number(record.failed));
  gauge("in_flight", "Attempts of an effect that run.",
        number(subscription.in_flight + subscription.overdue));
  gauge("retrying", "Events that wait to be tried again.", number(record.retrying));
  gauge("parked", "Events that wait behind an earlier one of their key.", number(record.parked));
  gauge("dead", "Dead letters.", number(record.dead));
  gauge("paused", "1 where an operator has paused it.", record.paused ? 1 : 0);
  gauge("held", "1 where its destination is away.", subscription.gate_closed ? 1 : 0);
}

void export_unhosted(Exposition& metrics, const std::vector<events::UnhostedCursor>& cursors,
                     events::Seq newest) {
  metrics.gauge("orderflow_subscriptions_not_hosted",
                "Cursors of subscriptions that this node does not host.", number(cursors.size()));
  for (const events::UnhostedCursor& cursor : cursors) {
    metrics.gauge("orderflow_subscription_not_hosted_held_events",
                  "Events that are kept, however old, for a subscription not hosted here.",
                  number(newest.value() - cursor.cursor.value()),
                  {{"subscription", cursor.name}, {"module", cursor.module.value_or("")}});
  }
}

void export_events(Exposition& metrics, const host::Services& services) {
  const events::FlowStatus flow = services.dispatcher.status();
  metrics.gauge("orderflow_events_newest", "The newest position in the log.",
                number(flow.newest.value()));
  for (const auto& [kind, count] : services.dispatcher.events_by_kind()) {
    metrics.counter("orderflow_events_total", "Events that were written since the start.",
                    number(count), {{"kind", kind}});
  }
  const core::Timestamp now = services.clock.now();
  services.readers.read(events::event_owner, [&](storage::Session session) {
    for (const events::SubscriptionStatus& subscription : flow.subscriptions) {
      const auto oldest = oldest_waiting(services, session, subscription, flow.newest);
      const std::chrono::duration<double> age = oldest ? now - *oldest : core::Duration{0};
      const auto lag = flow.newest.value() - subscription.finished_to.value();
      export_subscription(metrics, subscription, number(lag), std::max(0.0, age.count()));
      metrics.histogram("orderflow_subscription_attempt_seconds",
                        "What one attempt of an event took.",
                        services.dispatcher.attempt_micros(subscription.name),
                        microseconds_a_second, {{"subscription", subscription.name}});
    }
    export_unhosted(metrics, services.dispatcher.unhosted(session), flow.newest);
  });
}

void export_destinations(Exposition& metrics, const outbound::Destinations& destinations) {
  for (const outbound::DestinationStatus& status : destinations.status()) {
    const Labels labels = {{"destination", status.name}};
    metrics.gauge("orderflow_destination_circuit_open",
                  "1 while the circuit is open or half open, 0 while it is closed.",
                  status.circuit == outbound::CircuitState::closed ? 0 : 1, labels);
    metrics.counter("orderflow_destination_circuit_opened_total", "Times that the circuit opened.",
                    number(status.opened), labels);
    metrics.gauge("orderflow_destination_in_flight", "Requests that run.", number(status.in_flight),
                  labels);
    metrics.gauge("orderflow_destination_concurrency", "Requests that may run.",
                  number(status.concurrency), labels);
    metrics.counter("orderflow_destination_requests_total",
                    "Requests, by whether they were answered.", number(status.succeeded),
                    {{"destination", status.name}, {"outcome", "answered"}});
    metrics.counter("orderflow_destination_requests_total",
                    "Requests, by whether they were answered.", number(status.failed),
                    {{"destination", status.name}, {"outcome", "failed"}});
    metrics.counter("orderflow_destination_requests_total",
                    "Requests, by whether they were answered.", number(status.throttled),
                    {{"destination", status.name}, {"outcome", "throttled"}});
  }
}

}  // namespace

void add_metrics_routes(host::Services& services, const http::ServerMetrics& server) {
  services.router.add(
      http::Method::get, "/metrics", read_scope,
      [&services, &server](http::Request&) -> boost::asio::awaitable<http::Response> {
        Exposition metrics;
        export_process(metrics);
        export_server(metrics, server);
        export_storage(metrics, services.dispatcher.writer(), services.readers);
        export_events(metrics, services);
        export_destinations(metrics, services.destinations);
        for (const host::ExportMetrics& export_metrics : services.metrics)
          export_metrics(metrics);
        http::Response response;
        response.content_type = Exposition::content_type;
        response.body = metrics.text();
        co_return response;
      },
      {.is_vital = true});
}

}  // namespace orderflow::monitoring
