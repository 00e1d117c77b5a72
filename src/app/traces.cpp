#include "app/traces.hpp"

#include "config/problem.hpp"
#include "core/random.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace orderflow::app {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_limit = 3s;

}  // namespace

std::optional<TraceSettings> read_trace_settings(const config::Section& section) {
  TraceSettings settings;
  std::vector<config::Problem> problems;
  const std::string endpoint = section.text("endpoint", "");
  settings.tracer.sample_ratio = section.number("sampleRatio", 1, 0, 1);
  settings.tracer.waiting_max =
      static_cast<std::size_t>(section.integer("maxWaiting", 8192, 1, 1'000'000));
  settings.tracer.batch_max = static_cast<std::size_t>(section.integer("maxBatch", 512, 1, 10'000));
  auto& exporter = settings.exporter;
  exporter.flush_interval = section.milliseconds("flushIntervalMs", 2s, 10ms, 10min);
  exporter.client.timeout = section.milliseconds("timeoutMs", 10s, 10ms, 5min);
  exporter.client.ca_file = section.text("caFile", "", {.max_length = 4096});
  const auto headers = telemetry::trace_headers(section.secret("headers").value_or(""));
  if (headers) {
    exporter.client.headers = *headers;
  } else {
    problems.push_back({"settings", "traces.headers",
                        "must be name=value, several with commas between; values are visible "
                        "ASCII, and none is a header that each request has"});
  }
  const auto url = telemetry::trace_url(endpoint);
  if (url) {
    exporter.client.url = *url;
  } else if (!endpoint.empty()) {
    problems.push_back({"settings", "traces.endpoint",
                        config::shown(endpoint) +
                            " is not an address of a collector, such as http://127.0.0.1:4318: "
                            "http or https, without a login, query or fragment"});
  }
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  if (endpoint.empty()) return std::nullopt;
  return settings;
}

Traces::Traces(const std::optional<TraceSettings>& settings, const core::Clock& clock)
    : settings_(settings) {
  if (settings_) tracer_.emplace(clock, core::make_system_random()->next(), settings_->tracer);
}

Traces::~Traces() {
  if (exporter_) exporter_->stop(stop_limit);
}

void Traces::start(const std::string& node) {
  if (!tracer_) return;
  telemetry::TraceResource resource{.version = ORDERFLOW_VERSION, .instance = node};
  exporter_ = std::make_unique<telemetry::TraceExporter>(
      *tracer_, std::move(resource), settings_->exporter, core::make_system_random());
}

void Traces::export_metrics(telemetry::Exposition& metrics) const {
  if (!tracer_) return;
  const telemetry::TracerCounters counters = tracer_->counters();
  metrics.counter("orderflow_trace_spans_exported_total", "Spans that the collector has taken.",
                  static_cast<double>(counters.exported));
  metrics.counter("orderflow_trace_spans_dropped_total",
                  "Spans that found the queue full, or that the collector has not taken.",
                  static_cast<double>(counters.dropped));
  metrics.gauge("orderflow_trace_spans_waiting", "Spans that wait to be sent.",
                static_cast<double>(counters.waiting));
}

}  // namespace orderflow::app
