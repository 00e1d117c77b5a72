#include "metrics_routes.hpp"

#include "oldest_waiting.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/process_figures.hpp"
#include "telemetry/queued_logs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::app {
namespace {

using telemetry::Exposition;
using telemetry::Labels;

constexpr double microseconds_a_second = 1e6;

template <class Number>
double number(Number value) {
  return static_cast<double>(value);
}

void tell_process(Exposition& told) {
  const telemetry::ProcessFigures process = telemetry::process_figures();
  told.gauge("orderflow_build_info", "The version that runs; always 1.", 1,
             {{"version", ORDERFLOW_VERSION}});
  told.gauge("process_resident_memory_bytes", "Resident memory.", number(process.resident_bytes));
  told.counter("process_cpu_seconds_total", "Processor time, user and system.",
               process.cpu_seconds);
  told.gauge("process_start_time_seconds", "When the process started, since 1970.",
             process.start_seconds);
  told.counter("orderflow_log_lines_dropped_total", "Lines of the log that nobody read in time.",
               number(telemetry::log_lines_dropped()));
  told.gauge("process_open_fds", "Open files and sockets.", number(process.open_files));
  told.gauge("process_max_fds", "Files and sockets that may be open.",
             number(process.open_files_max));
}

void tell_server(Exposition& told, const http::Server& server) {
  const http::ServerCounters counters = server.counters();
  told.gauge("orderflow_http_connections", "Open connections.", number(counters.connections_open));
  told.counter("orderflow_http_connections_total", "Connections that were accepted.",
               number(counters.connections_accepted));
  told.counter("orderflow_http_connections_refused_total", "Connections over the bound.",
               number(counters.connections_refused));
  told.counter("orderflow_http_connections_ended_total",
               "Connections that were ended to make room for others.",
               number(counters.connections_ended));
  told.counter("orderflow_http_answers_ended_total",
               "Answers that were held until their clients ended the connection.",
               number(counters.answers_ended));
  constexpr std::array classes = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (const auto& route : server.times().routes()) {
    const auto micros = route->micros.snapshot();
    if (micros.count() == 0) continue;
    const Labels labels = {{"method", route->method}, {"route", route->pattern}};
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const auto count = route->answers[i].load(std::memory_order_relaxed);
      if (count == 0) continue;
      Labels with_status = labels;
      with_status.emplace_back("status", classes[i]);
      told.counter("orderflow_http_requests_total", "Answered requests.", number(count),
                   std::move(with_status));
    }
    told.histogram("orderflow_http_request_seconds",
                   "From a request's header to its answer, handed to the system.", micros,
                   microseconds_a_second, labels);
  }
}

void tell_storage(Exposition& told, const storage::Writer& writer,
                  const storage::Readers& readers) {
  const storage::WriterCounters counters = writer.counters();
  told.counter("orderflow_storage_commits_total", "Synced commits.", number(counters.batches));
  told.counter("orderflow_storage_writes_total", "Writes in them.", number(counters.writes));
  told.gauge("orderflow_storage_writes_waiting", "Writes that wait.", number(counters.waiting));
  told.counter("orderflow_storage_writes_refused_total", "Writes that found no place to wait.",
               number(counters.refused));
  told.counter("orderflow_storage_batches_throttled_total",
               "Commits that took fewer writes than waited, because of a backlog.",
               number(counters.throttled));
  told.gauge("orderflow_storage_failed", "1 after a failed commit: no more writes are taken.",
             writer.failed() ? 1 : 0);
  told.counter("orderflow_storage_read_steps_total",
               "Steps of SQLite's virtual machine that reads took, in thousands: a visited row"
               " costs some ten.",
               number(readers.steps()));
  told.gauge("orderflow_storage_log_bytes", "Bytes of the write-ahead log that are in use.",
             number(writer.wal_limit().bytes()));
  told.histogram("orderflow_storage_batch_writes", "Writes in a commit.",
                 writer.batch_sizes().snapshot(), 1);
  told.histogram("orderflow_storage_commit_seconds", "What a commit took, its sync included.",
                 writer.commit_micros().snapshot(), microseconds_a_second);
}

void tell_subscription(Exposition& told, const events::SubscriptionStatus& subscription, double lag,
                       double age) {
  const events::SubscriptionRecord& record = subscription.record;
  const auto gauge = [&](const char* name, const char* help, double value) {
    told.gauge(std::string("orderflow_subscription_") + name, help, value,
               {{"subscription", subscription.name}});
  };
  const auto counter = [&](const char* name, const char* help, double value) {
    told.counter(std::string("orderflow_subscription_") + name, help, value,
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
  gauge("held", "1 where its destination is away.", subscription.held ? 1 : 0);
}

void tell_unhosted(Exposition& told, const std::vector<events::UnhostedCursor>& cursors,
                   events::Seq newest) {
  told.gauge("orderflow_subscriptions_not_hosted", "Cursors that nobody on this node works.",
             number(cursors.size()));
  for (const events::UnhostedCursor& cursor : cursors) {
    told.gauge("orderflow_subscription_not_hosted_held_events",
               "Events that are kept, however old, for a subscription that nobody here works.",
               number(newest.value() - cursor.cursor.value()),
               {{"subscription", cursor.name}, {"module", cursor.module.value_or("")}});
  }
}

void tell_events(Exposition& told, const host::Services& services) {
  const events::FlowStatus flow = services.dispatcher.status();
  told.gauge("orderflow_events_newest", "The last place in the log.", number(flow.newest.value()));
  for (const auto& [kind, count] : services.dispatcher.events_by_kind()) {
    told.counter("orderflow_events_total", "Events that were written since the start.",
                 number(count), {{"kind", kind}});
  }
  const core::Timestamp now = services.clock.now();
  services.readers.read(events::event_owner, [&](storage::Session session) {
    for (const events::SubscriptionStatus& subscription : flow.subscriptions) {
      const auto oldest = oldest_waiting(services, session, subscription, flow.newest);
      const std::chrono::duration<double> age = oldest ? now - *oldest : core::Duration{0};
      const auto lag = flow.newest.value() - subscription.settled.value();
      tell_subscription(told, subscription, number(lag), std::max(0.0, age.count()));
      told.histogram("orderflow_subscription_attempt_seconds", "What one attempt of an event took.",
                     services.dispatcher.attempt_micros(subscription.name), microseconds_a_second,
                     {{"subscription", subscription.name}});
    }
    tell_unhosted(told, services.dispatcher.unhosted(session), flow.newest);
  });
}

void tell_destinations(Exposition& told, const outbound::Destinations& destinations) {
  for (const outbound::DestinationStatus& status : destinations.status()) {
    const Labels labels = {{"destination", status.name}};
    told.gauge("orderflow_destination_circuit_open",
               "1 while the circuit is open or half open, 0 while it is closed.",
               status.circuit == outbound::CircuitState::closed ? 0 : 1, labels);
    told.counter("orderflow_destination_circuit_opened_total", "Times that the circuit opened.",
                 number(status.opened), labels);
    told.gauge("orderflow_destination_in_flight", "Requests that run.", number(status.in_flight),
               labels);
    told.gauge("orderflow_destination_concurrency", "Requests that may run.",
               number(status.concurrency), labels);
    told.counter("orderflow_destination_requests_total", "Requests, by whether they were answered.",
                 number(status.succeeded), {{"destination", status.name}, {"outcome", "answered"}});
    told.counter("orderflow_destination_requests_total", "Requests, by whether they were answered.",
                 number(status.failed), {{"destination", status.name}, {"outcome", "failed"}});
    told.counter("orderflow_destination_requests_total", "Requests, by whether they were answered.",
                 number(status.throttled),
                 {{"destination", status.name}, {"outcome", "throttled"}});
  }
}

}  // namespace

void add_metrics_routes(host::Services& services, const storage::Writer& writer,
                        const http::Server*& server) {
  services.router.add(
      http::Method::get, "/metrics", http::Access::metrics_read,
      [&services, &writer, &server](http::Request&) -> boost::asio::awaitable<http::Response> {
        Exposition told;
        tell_process(told);
        tell_server(told, *server);
        tell_storage(told, writer, services.readers);
        tell_events(told, services);
        tell_destinations(told, services.destinations);
        for (const host::Figures& tell : services.figures)
          tell(told);
        http::Response response;
        response.content_type = Exposition::content_type;
        response.body = told.text();
        co_return response;
      },
      {.is_vital = true});
}

}  // namespace orderflow::app
