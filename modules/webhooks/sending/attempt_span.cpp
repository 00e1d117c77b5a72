#include "sending/attempt_span.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace orderflow::webhooks {
namespace {

std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t login = url.rfind('@');
  if (login != std::string_view::npos) url.remove_prefix(login + 1);
  return std::string(url);
}

}  // namespace

std::optional<telemetry::Span> begin_attempt_span(telemetry::Tracer* tracer,
                                                  const Endpoint& endpoint, WebhookMessage& message,
                                                  int attempt) {
  if (tracer == nullptr) return std::nullopt;
  auto span = tracer->begin(message.traceparent, telemetry::SpanKind::client, "POST webhook");
  if (!span) return std::nullopt;
  message.traceparent = span->context.traceparent();
  span->add("http.request.method", "POST");
  span->add("server.address", host_of(endpoint.url));
  span->add("http.request.resend_count", std::int64_t{attempt - 1});
  span->add("messaging.message.id", message.event_id.to_string());
  span->add("orderflow.event.kind", message.kind);
  span->add("orderflow.webhook.endpoint", endpoint.id.value().to_string());
  return span;
}

void end_attempt_span(telemetry::Tracer* tracer, std::optional<telemetry::Span> span,
                      std::optional<unsigned> status, bool accepted) {
  if (!span) return;
  if (status) span->add("http.response.status_code", std::int64_t{*status});
  if (!accepted) span->fail(status ? std::to_string(*status) : "no_answer");
  tracer->end(*std::move(span));
}

}  // namespace orderflow::webhooks
