#pragma once

#include "http/message/message.hpp"
#include "telemetry/span.hpp"
#include "telemetry/tracer.hpp"

#include <optional>
#include <string_view>

namespace orderflow::http {

/// How a request was answered.
struct AnsweredRequest {
  std::string_view method;   ///< as received
  std::string_view pattern;  ///< of its route; empty: it found none
  unsigned status;
  bool http_1_0;
  bool tls;
  core::Duration took;
};

/// Queues the span of a request that was just answered, by the semantic conventions for HTTP
/// servers. The span is the one that the request's trace names. It has the route's pattern instead
/// of the path, which may name a person.
void trace_request(telemetry::Tracer& tracer, const Request& request,
                   const AnsweredRequest& answered);

}  // namespace orderflow::http
