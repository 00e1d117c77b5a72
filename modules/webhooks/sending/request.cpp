#include "sending/request.hpp"

#include "sending/signature.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::webhooks {
namespace {

/// What an endpoint may say besides its status, which is not kept.
constexpr std::size_t answer_bytes_max = std::size_t{64} << 10;

}  // namespace

outbound::HttpRequest request_of(const Endpoint& endpoint, const WebhookMessage& message,
                                 core::Timestamp now, core::Duration timeout) {
  const std::string id = webhook_id(message);
  outbound::HttpRequest request;
  request.url = endpoint.url;
  request.headers = {
      {"Content-Type", "application/cloudevents+json; charset=utf-8"},
      {"User-Agent", "orderflow"},
      {"webhook-id", id},
      {"webhook-timestamp", timestamp_text(now)},
      {"webhook-signature", signature(endpoint.secrets_at(now), id, now, message.body)},
      {"X-Correlation-ID", message.correlation_id}};
  if (!message.traceparent.empty())
    request.headers.emplace_back("traceparent", message.traceparent);
  request.body = message.body;
  request.timeout = timeout;
  request.answer_bytes_max = answer_bytes_max;
  request.need = outbound::AnswerNeed::status;
  return request;
}

WebhookMessage test_message(const core::Uuid& id, EndpointId endpoint, core::Timestamp now,
                            const core::TraceContext& trace) {
  const nlohmann::json document{{"specversion", "1.0"},
                                {"id", id.to_string()},
                                {"source", "/orderflow/webhooks"},
                                {"type", test_kind},
                                {"subject", endpoint.value().to_string()},
                                {"time", core::to_rfc3339(now)},
                                {"datacontenttype", "application/json"},
                                {"correlationid", trace.correlation_id},
                                {"data", {{"webhookId", endpoint.value().to_string()}}}};
  return {.seq = events::Seq{0},
          .event_id = id,
          .kind = std::string(test_kind),
          .correlation_id = trace.correlation_id,
          .traceparent = trace.traceparent,
          .body = document.dump()};
}

}  // namespace orderflow::webhooks
