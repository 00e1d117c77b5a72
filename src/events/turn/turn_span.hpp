#pragma once

#include "events/turn/turn.hpp"
#include "telemetry/span.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::events {

/// A span of an event's processing by a subscription. Nothing where the event is of a trace that is
/// not recorded, or nothing is.
std::optional<telemetry::Span> processing_span(const TurnServices& services,
                                               telemetry::SpanKind kind,
                                               std::string_view subscription, const Event& event,
                                               int attempt);

/// Events that are published while this lives have `span` as their parent, whose own parent is the
/// cause. Null: nothing is traced. On the writer thread.
class ActiveSpan {
 public:
  ActiveSpan(TurnServices& services, const telemetry::Span* span) noexcept
      : services_(services), before_(services.active_span) {
    services_.active_span = span;
  }
  ~ActiveSpan() { services_.active_span = before_; }
  ActiveSpan(const ActiveSpan&) = delete;
  ActiveSpan& operator=(const ActiveSpan&) = delete;

 private:
  TurnServices& services_;
  const telemetry::Span* const before_;
};

/// The span of the turn that the writer thread runs now: begins and ends with this object.
class TurnSpan {
 public:
  TurnSpan(TurnServices& services, std::optional<telemetry::Span> span) noexcept
      : services_(services), span_(std::move(span)), active_(services, span_ ? &*span_ : nullptr) {}
  ~TurnSpan();
  TurnSpan(const TurnSpan&) = delete;
  TurnSpan& operator=(const TurnSpan&) = delete;

  /// `error_type` as for `telemetry::Span::fail`.
  void fail(const char* error_type) {
    if (span_) span_->fail(error_type);
  }

 private:
  TurnServices& services_;
  std::optional<telemetry::Span> span_;
  const ActiveSpan active_;
};

}  // namespace orderflow::events
