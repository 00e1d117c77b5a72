#pragma once

#include "core/trace_context.hpp"
#include "events/turn/turn.hpp"
#include "telemetry/tracer.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>

namespace orderflow::events {

/// The spans that a commit ends: one in the trace of each write, from its submission until it is on
/// disk, and one of the whole batch, a trace of its own that is linked with them. On the writer
/// thread.
class BatchSpans {
 public:
  /// The tracer outlives it; null: nothing is traced.
  explicit BatchSpans(telemetry::Tracer* tracer) noexcept : tracer_(tracer) {}

  /// A batch begins.
  void begin() noexcept;
  /// A write of it begins. Stays where it is until the batch ends; null where it is not traced.
  telemetry::Span* begin_write(const core::TraceContext& trace, std::string_view module,
                               core::Timestamp submitted_at);
  /// The batch is on disk with so many events.
  void committed(std::size_t events);

 private:
  telemetry::Tracer* const tracer_;
  core::Timestamp began_at_{};
  std::deque<telemetry::Span> writes_;
};

}  // namespace orderflow::events
