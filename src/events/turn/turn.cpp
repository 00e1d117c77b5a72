#include "events/turn/turn.hpp"

#include "events/log/deterministic_id.hpp"
#include "events/log/event_log.hpp"
#include "telemetry/span.hpp"

namespace orderflow::events {

Turn::Turn(TurnServices& services, storage::Connection& connection, std::string_view module,
           const core::TraceContext& trace)
    : services_(services), session_(connection, module), trace_(&trace) {}

Turn::Turn(TurnServices& services, storage::Connection& connection, std::string_view module,
           std::string_view subscription, const Event& cause, std::int64_t generation)
    : services_(services),
      session_(connection, module),
      subscription_(subscription),
      cause_(&cause),
      generation_(generation) {}

core::Uuid Turn::new_id() {
  if (cause_ == nullptr) return services_.ids.next();
  return deterministic_id(cause_->meta().id.value(), subscription_, "id", ids_made_++);
}

std::string Turn::home_of(const std::string& key) {
  return EventLog::home_of(session_.connection().session(event_owner), key)
      .value_or(services_.node);
}

EventId Turn::id_of(const core::Uuid& subject, std::string_view purpose) const {
  return EventId{deterministic_id(subject, session_.owner(), purpose, 0)};
}

EventId Turn::next_event_id(std::string_view kind) {
  if (cause_ == nullptr) return EventId{services_.ids.next()};
  return EventId{
      deterministic_id(cause_->meta().id.value(), subscription_, kind, events_published_++)};
}

EventId Turn::append(EventMeta meta, std::string payload, EventBody body) {
  meta.origin = services_.node + "/" + std::string(session_.owner());
  meta.occurred_at = services_.clock.now();
  if (cause_ != nullptr) {
    const EventMeta& cause = cause_->meta();
    meta.home = cause.home;
    meta.correlation_id = cause.correlation_id;
    meta.causation_id = cause.id;
    meta.traceparent = cause.traceparent;
  } else {
    meta.home = home_of(meta.key);
    meta.correlation_id = trace_->correlation_id;
    meta.traceparent = trace_->traceparent;
  }
  if (services_.active_span != nullptr)
    meta.traceparent = services_.active_span->context.traceparent();
  const EventId id = meta.id;
  services_.outbox.append(session_.connection(),
                          Event(std::move(meta), std::move(payload), std::move(body)));
  return id;
}

}  // namespace orderflow::events
