#include "bridge/message_spans.hpp"

#include "bridge/message/headers.hpp"
#include "telemetry/masking.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::bridge {
namespace {

/// What spans of both ways show of an event, by the semantic conventions for messaging.
void describe(telemetry::Span& span, const MessagingTerms& terms, const char* operation,
              const char* type, const std::string& destination, const std::string& route,
              const events::EventMeta& meta) {
  span.add("messaging.system", terms.system);
  span.add("messaging.operation.name", operation);
  span.add("messaging.operation.type", type);
  span.add("messaging.destination.name", destination);
  span.add("messaging.message.id", meta.id.value().to_string());
  span.add("messaging.message.conversation_id", telemetry::masked(meta.correlation_id));
  span.add("orderflow.event.kind", meta.kind);
  span.add("orderflow.event.key", telemetry::masked(meta.key));
  span.add(terms.route_attribute, route);
}

}  // namespace

PublishSpans::~PublishSpans() {
  for (auto& [seq, span] : open_) {
    span.fail("unconfirmed");
    tracer_.end(std::move(span));
  }
}

void PublishSpans::sending(const events::Event& event, const std::string& destination,
                           const std::string& route, Message& message) {
  const events::EventMeta& meta = event.meta();
  auto found = open_.find(meta.seq);
  if (found == open_.end()) {
    auto span =
        tracer_.begin(meta.traceparent, telemetry::SpanKind::producer, "publish " + destination);
    if (!span) return;
    describe(*span, terms_, "publish", "send", destination, route, meta);
    found = open_.emplace(meta.seq, *std::move(span)).first;
  }
  for (auto& [name, value] : message.headers) {
    if (name == header::traceparent) value = found->second.context.traceparent();
  }
}

void PublishSpans::confirmed(events::Seq upto) {
  while (!open_.empty() && open_.begin()->first <= upto) {
    tracer_.end(std::move(open_.begin()->second));
    open_.erase(open_.begin());
  }
}

void ReceiveSpans::received(const ConsumedQueue& queue, const std::string& route, Receive& taken) {
  events::EventMeta& meta = taken.event.meta;
  if (taken.starts_trace) tracer_.decide(meta.traceparent);
  auto span =
      tracer_.begin(meta.traceparent, telemetry::SpanKind::consumer, "receive " + queue.name);
  if (!span) return;
  if (taken.starts_trace) span->parent = 0;
  describe(*span, terms_, "receive", "receive", queue.name, route, meta);
  meta.traceparent = span->context.traceparent();
  open_.insert_or_assign(meta.traceparent, *std::move(span));
}

void ReceiveSpans::stored(const std::vector<events::ReceivedEvent>& received) {
  for (const events::ReceivedEvent& event : received) {
    auto ended = open_.extract(event.meta.traceparent);
    if (ended) tracer_.end(std::move(ended.mapped()));
  }
}

void ReceiveSpans::lost() {
  for (auto& [traceparent, span] : open_) {
    span.fail("connection_lost");
    tracer_.end(std::move(span));
  }
  open_.clear();
}

}  // namespace orderflow::bridge
