#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/trace_exporter.hpp"
#include "telemetry/tracer.hpp"

#include <memory>
#include <optional>
#include <string>

namespace orderflow::app {

struct TraceSettings {
  telemetry::TracerOptions tracer;
  telemetry::TraceExporterOptions exporter;
};

/// Reads the section `traces`; nothing where no collector is named. Throws `config::Invalid` where
/// its address or the headers cannot be used.
std::optional<TraceSettings> read_trace_settings(const config::Section& section);

/// The tracing of a node, if there is any. Outlives whatever has its tracer.
class Traces {
 public:
  /// `clock` outlives it.
  Traces(const std::optional<TraceSettings>& settings, const core::Clock& clock);

  /// Sends the remaining spans, within a few seconds.
  ~Traces();
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  /// Null where nothing is traced.
  telemetry::Tracer* tracer() noexcept { return tracer_ ? &*tracer_ : nullptr; }

  /// From now on spans are sent, as those of this node.
  void start(const std::string& node);

  /// Adds the counts of sent and dropped spans to a scrape, where traces are sent.
  void export_metrics(telemetry::Exposition& metrics) const;

 private:
  const std::optional<TraceSettings> settings_;
  std::optional<telemetry::Tracer> tracer_;
  std::unique_ptr<telemetry::TraceExporter> exporter_;
};

}  // namespace orderflow::app
