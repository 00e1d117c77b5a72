#pragma once

#include "core/clock.hpp"
#include "telemetry/span.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::telemetry {

struct TracerOptions {
  /// The share of the traces that begin here to record, 0 to 1, chosen by the trace's id alone.
  double sample_ratio = 1;
  std::size_t waiting_max = 8192;  ///< spans that wait to be sent; more are dropped
  std::size_t batch_max = 512;     ///< spans that are sent at a time
};

/// Counts since the start, and what waits now.
struct TracerCounters {
  std::uint64_t exported = 0;  ///< taken by the collector
  std::uint64_t dropped = 0;   ///< not taken, or there was no room for them
  std::size_t waiting = 0;
};

/// Where the spans of a node come from and go to. A null pointer traces nothing.
///
///     if (auto span = tracer->begin(event.traceparent, SpanKind::consumer, "billing.assess")) {
///       …
///       tracer->end(*std::move(span));
///     }
///
/// Safe from any thread; nothing here blocks.
class Tracer {
 public:
  /// `clock` outlives it. `seed` is that of the span ids.
  Tracer(const core::Clock& clock, std::uint64_t seed, TracerOptions options = {});

  /// A span that begins now below `parent`, a `traceparent`. Nothing where that names no span, or
  /// one of a trace that is not recorded.
  std::optional<Span> begin(std::string_view parent, SpanKind kind, std::string name);

  /// A span that begins now, the first of a trace of its own, which is recorded.
  Span begin_trace(SpanKind kind, std::string name);

  /// Decides whether a trace that begins with this well-formed `traceparent` is recorded, and sets
  /// its flags accordingly.
  void decide(std::string& traceparent) const noexcept;

  /// Queues a span to be sent; one without an end ends now.
  void end(Span span) noexcept;

  core::Timestamp now() const { return clock_.now(); }
  TracerCounters counters() const noexcept;

  // ---- for the exporter ------------------------------------------------------------------------

  /// What waits, at most a batch; returns as soon as a whole batch waits, `interval` has passed or
  /// `hurry` was called.
  std::vector<Span> take(std::chrono::milliseconds interval);
  /// From now on `take` does not wait.
  void hurry();
  void count_exported(std::size_t spans) noexcept { exported_ += spans; }
  void count_dropped(std::size_t spans) noexcept { dropped_ += spans; }

 private:
  std::uint64_t new_id() noexcept;

  const core::Clock& clock_;
  const TracerOptions options_;
  const std::uint64_t refused_below_;  ///< of the 56 random bits of a trace id
  std::atomic<std::uint64_t> ids_;
  std::atomic<std::uint64_t> exported_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Span> waiting_;
  bool hurried_ = false;
};

}  // namespace orderflow::telemetry
