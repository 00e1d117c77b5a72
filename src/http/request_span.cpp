#include "http/request_span.hpp"

#include "telemetry/masking.hpp"

#include <string>
#include <utility>

namespace orderflow::http {
namespace {

std::uint64_t parent_of(const Request& request) noexcept {
  const auto given = request.header("traceparent");
  const auto caller = telemetry::SpanContext::parse(given.value_or(std::string_view{}));
  return caller ? caller->span : 0;
}

std::string name_of(std::string_view method, std::string_view pattern) {
  std::string name(method == "_OTHER" ? "HTTP" : method);
  return pattern.empty() ? name : name.append(" ").append(pattern);
}

}  // namespace

void trace_request(telemetry::Tracer& tracer, const Request& request,
                   const AnsweredRequest& answered) {
  const auto context = telemetry::SpanContext::parse(request.trace.traceparent);
  if (!context || !context->sampled) return;
  const bool is_known = answered.method == to_string(request.method);
  const std::string_view method = is_known ? answered.method : "_OTHER";
  const core::Timestamp end = tracer.now();
  telemetry::Span span{.context = *context,
                       .parent = parent_of(request),
                       .kind = telemetry::SpanKind::server,
                       .name = name_of(method, answered.pattern),
                       .start = end - answered.took,
                       .end = end};
  span.add("http.request.method", std::string(method));
  span.add("url.scheme", answered.tls ? "https" : "http");
  if (!answered.pattern.empty()) {
    span.add("http.route", std::string(answered.pattern));
    span.add("url.path", std::string(answered.pattern));
  }
  span.add("http.response.status_code", static_cast<std::int64_t>(answered.status));
  span.add("network.protocol.version", answered.http_1_0 ? "1.0" : "1.1");
  span.add("orderflow.correlation_id", telemetry::masked(request.trace.correlation_id));
  if (answered.status >= 500) span.fail(std::to_string(answered.status));
  tracer.end(std::move(span));
}

}  // namespace orderflow::http
