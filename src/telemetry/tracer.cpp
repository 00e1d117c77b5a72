#include "telemetry/tracer.hpp"

#include "core/trace_context.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::telemetry {
namespace {

// The 56 lowest bits are the random ones (W3C Trace Context, level 2, §3.2.2.3).
constexpr std::uint64_t random_bits = std::uint64_t{1} << 56;

std::uint64_t refused_below(double sample_ratio) noexcept {
  const double refused = 1 - std::clamp(sample_ratio, 0.0, 1.0);
  return static_cast<std::uint64_t>(refused * static_cast<double>(random_bits));
}

}  // namespace

Tracer::Tracer(const core::Clock& clock, std::uint64_t seed, TracerOptions options)
    : clock_(clock),
      options_(options),
      refused_below_(refused_below(options.sample_ratio)),
      ids_(seed) {}

std::uint64_t Tracer::new_id() noexcept {
  // SplitMix64, as core::SeededRandom, of a state that all threads share.
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15ULL;
  for (;;) {
    std::uint64_t z = ids_.fetch_add(step, std::memory_order_relaxed) + step;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    if (z != 0) return z;
  }
}

std::optional<Span> Tracer::begin(std::string_view parent, SpanKind kind, std::string name) {
  const auto above = SpanContext::parse(parent);
  if (!above || !above->sampled) return std::nullopt;
  Span span{.context = *above,
            .parent = above->span,
            .kind = kind,
            .name = std::move(name),
            .start = clock_.now()};
  span.context.span = new_id();
  return span;
}

Span Tracer::begin_trace(SpanKind kind, std::string name) {
  return {
      .context = {.trace_high = new_id(), .trace_low = new_id(), .span = new_id(), .sampled = true},
      .kind = kind,
      .name = std::move(name),
      .start = clock_.now()};
}

void Tracer::decide(std::string& traceparent) const noexcept {
  const auto context = SpanContext::parse(traceparent);
  if (!context) return;
  const bool recorded = (context->trace_low & (random_bits - 1)) >= refused_below_;
  traceparent[54] = recorded ? '1' : '0';
}

void Tracer::end(Span span) noexcept {
  if (span.end < span.start) span.end = std::max(span.start, clock_.now());
  bool is_batch = false;
  try {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= options_.waiting_max) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(span));
    is_batch = waiting_.size() == options_.batch_max;
  } catch (const std::exception&) {
    ++dropped_;
  }
  if (is_batch) changed_.notify_one();
}

TracerCounters Tracer::counters() const noexcept {
  const std::lock_guard lock(mutex_);
  return {.exported = exported_, .dropped = dropped_, .waiting = waiting_.size()};
}

std::vector<Span> Tracer::take(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, interval,
                    [&] { return hurried_ || waiting_.size() >= options_.batch_max; });
  const auto end =
      waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.batch_max));
  std::vector<Span> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

void Tracer::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  changed_.notify_all();
}

}  // namespace orderflow::telemetry
