#include "events/turn/turn_span.hpp"

#include "telemetry/masking.hpp"
#include "telemetry/tracer.hpp"

#include <utility>

namespace orderflow::events {

std::optional<telemetry::Span> processing_span(const TurnServices& services,
                                               telemetry::SpanKind kind,
                                               std::string_view subscription, const Event& event,
                                               int attempt) {
  if (services.tracer == nullptr) return std::nullopt;
  const EventMeta& meta = event.meta();
  auto span =
      services.tracer->begin(meta.traceparent, kind, std::string(subscription) + " " + meta.kind);
  if (!span) return std::nullopt;
  span->add("messaging.system", "orderflow");
  span->add("messaging.operation.type", "process");
  span->add("messaging.operation.name", std::string(subscription));
  span->add("messaging.destination.name", meta.kind);
  span->add("messaging.destination.subscription.name", std::string(subscription));
  span->add("messaging.message.id", meta.id.value().to_string());
  span->add("messaging.message.conversation_id", telemetry::masked(meta.correlation_id));
  span->add("orderflow.event.key", telemetry::masked(meta.key));
  span->add("orderflow.event.sequence", meta.seq.value());
  span->add("orderflow.attempt", std::int64_t{attempt});
  return span;
}

TurnSpan::~TurnSpan() {
  if (span_) services_.tracer->end(*std::move(span_));
}

}  // namespace orderflow::events
