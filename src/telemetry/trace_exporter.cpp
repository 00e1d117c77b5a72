#include "telemetry/trace_exporter.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::telemetry {
namespace {

constexpr std::chrono::minutes retry_after_longest{5};

}  // namespace

TraceExporter::TraceExporter(Tracer& tracer, TraceResource resource, TraceExporterOptions options,
                             std::unique_ptr<core::Random> random)
    : tracer_(tracer),
      resource_(std::move(resource)),
      options_(std::move(options)),
      random_(std::move(random)),
      client_(options_.client),
      delay_max_(options_.retry_first_delay),
      thread_(&TraceExporter::run, this) {}

TraceExporter::~TraceExporter() {
  stop(std::chrono::milliseconds{0});
}

void TraceExporter::stop(std::chrono::milliseconds limit) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    end_at_ = Clock::now() + limit;
  }
  changed_.notify_all();
  tracer_.hurry();
  if (thread_.joinable()) thread_.join();
}

bool TraceExporter::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

TraceExporter::Clock::time_point TraceExporter::end_at() const {
  const std::lock_guard lock(mutex_);
  return end_at_;
}

void TraceExporter::run() {
  for (;;) {
    // Read before `take`: spans that were queued when the end began are still sent.
    const bool last = stopping();
    std::vector<Span> spans = tracer_.take(options_.flush_interval);
    if (spans.empty() && last) return;
    if (spans.empty()) continue;
    try {
      send(spans);
    } catch (const std::exception& e) {
      tracer_.count_dropped(spans.size());
      log("traces").error("spans dropped count={} error=\"{}\"", spans.size(), e.what());
    }
  }
}

void TraceExporter::send(const std::vector<Span>& spans) {
  const std::string body = otlp_request(resource_, spans);
  const auto give_up_at = Clock::now() + options_.retry_for;
  const auto is_over = [this] { return Clock::now() >= end_at(); };
  TraceAnswer answer;
  do {
    if (is_over()) break;
    answer = client_.post(body, is_over);
  } while (!answer.taken() && pause_before_retry(answer, give_up_at));
  take_answer(answer, spans.size());
  if (!answer.taken()) {
    tracer_.count_dropped(spans.size());
    return;
  }
  delay_max_ = options_.retry_first_delay;
  const std::size_t rejected = std::min<std::size_t>(rejected_spans(answer.body), spans.size());
  tracer_.count_dropped(rejected);
  tracer_.count_exported(spans.size() - rejected);
}

bool TraceExporter::pause_before_retry(const TraceAnswer& answer, Clock::time_point give_up_at) {
  if (!answer.may_be_repeated()) return false;
  auto delay = next_delay();
  if (answer.retry_after) {
    delay = std::max(delay, std::chrono::milliseconds(std::min<std::chrono::seconds>(
                                *answer.retry_after, retry_after_longest)));
  }
  if (!is_away_) {
    is_away_ = true;
    log("traces").warn("the collector takes no spans status={} error=\"{}\"", answer.status,
                       answer.error);
  }
  // Also where the batch is given up, so that the next one is not sent at once.
  const bool is_last = Clock::now() >= give_up_at;
  std::unique_lock lock(mutex_);
  const bool interrupted = changed_.wait_for(lock, delay, [this] { return stopping_; });
  return !interrupted && !is_last;
}

std::chrono::milliseconds TraceExporter::next_delay() {
  const auto longest = static_cast<std::uint64_t>(delay_max_.count());
  delay_max_ = std::min(delay_max_ * 2, options_.retry_delay_max);
  // At least half of it, so that the nodes do not all meet a collector that has just come back at
  // once, nor ask it without a pause.
  return std::chrono::milliseconds(longest / 2 + random_->below(longest / 2 + 1));
}

void TraceExporter::take_answer(const TraceAnswer& answer, std::size_t spans) {
  if (answer.taken()) {
    if (is_away_) log("traces").info("the collector takes spans again");
    is_away_ = false;
  } else if (!answer.may_be_repeated()) {
    log("traces").warn("spans dropped count={} status={}", spans, answer.status);
  }
}

}  // namespace orderflow::telemetry
