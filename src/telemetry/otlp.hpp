#pragma once

#include "telemetry/span.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace orderflow::telemetry {

/// What sends spans: OpenTelemetry's `service.*` attributes.
struct TraceResource {
  std::string service = "orderflow";
  std::string version;
  std::string instance;  ///< the node's name
};

/// The body of a request to a collector: an `ExportTraceServiceRequest` of OTLP 1.x in its JSON
/// encoding (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, 64-bit
/// numbers as texts, enumerations as numbers.
std::string otlp_request(const TraceResource& resource, std::span<const Span> spans);

/// How many spans a collector's answer of 200 reports as rejected (`partialSuccess`); 0 where it
/// has none.
std::uint64_t rejected_spans(std::string_view answer);

}  // namespace orderflow::telemetry
