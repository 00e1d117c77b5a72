#include "events/turn/batch_spans.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderflow::events {
namespace {

// What OpenTelemetry's SDKs keep of a span.
constexpr std::size_t links_max = 128;

}  // namespace

void BatchSpans::begin() noexcept {
  if (tracer_ == nullptr) return;
  began_at_ = tracer_->now();
  writes_.clear();
}

telemetry::Span* BatchSpans::begin_write(const core::TraceContext& trace, std::string_view module,
                                         core::Timestamp submitted_at) {
  if (tracer_ == nullptr) return nullptr;
  auto span = tracer_->begin(trace.traceparent, telemetry::SpanKind::internal,
                             "commit " + std::string(module));
  if (!span) return nullptr;
  span->start = std::min(submitted_at, span->start);
  span->add("db.system.name", "sqlite");
  span->add("db.operation.name", "COMMIT");
  span->add("orderflow.module", std::string(module));
  span->add("orderflow.write.waited_us", (tracer_->now() - span->start).count());
  return &writes_.emplace_back(*std::move(span));
}

void BatchSpans::committed(std::size_t events) {
  if (writes_.empty()) return;
  telemetry::Span batch = tracer_->begin_trace(telemetry::SpanKind::internal, "commit batch");
  batch.start = began_at_;
  batch.end = tracer_->now();
  batch.add("db.system.name", "sqlite");
  batch.add("db.operation.name", "COMMIT");
  batch.add("orderflow.batch.events", static_cast<std::int64_t>(events));
  const std::size_t linked = std::min(writes_.size(), links_max);
  batch.links_dropped = writes_.size() - linked;
  for (std::size_t i = 0; i < linked; ++i)
    batch.links.push_back(writes_[i].context);
  for (telemetry::Span& write : writes_) {
    write.end = batch.end;
    write.links.push_back(batch.context);
    tracer_->end(std::move(write));
  }
  writes_.clear();
  tracer_->end(std::move(batch));
}

}  // namespace orderflow::events
