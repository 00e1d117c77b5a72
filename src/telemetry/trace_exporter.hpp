#pragma once

#include "core/random.hpp"
#include "telemetry/otlp.hpp"
#include "telemetry/trace_client.hpp"
#include "telemetry/tracer.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::telemetry {

struct TraceExporterOptions {
  TraceClientOptions client{};
  std::chrono::milliseconds flush_interval{2'000};  ///< spans wait no longer to be sent
  /// After a failure the next try comes after a random time that doubles up to `retry_delay_max`.
  std::chrono::milliseconds retry_first_delay{1'000};
  std::chrono::milliseconds retry_delay_max{30'000};
  std::chrono::milliseconds retry_for{60'000};  ///< then a batch is dropped
};

/// Sends the spans of a tracer to a collector by OTLP over HTTP, on a thread of its own. While the
/// collector is away the tracer's queue fills and drops; nothing else waits.
///
/// Retries as the protocol requires: what could not be sent, and answers 429, 502, 503 and 504 with
/// their Retry-After; anything else is final, and its spans count as dropped.
class TraceExporter {
 public:
  /// Starts the thread. The tracer outlives it.
  TraceExporter(Tracer& tracer, TraceResource resource, TraceExporterOptions options,
                std::unique_ptr<core::Random> random);

  /// Drops what waits.
  ~TraceExporter();
  TraceExporter(const TraceExporter&) = delete;
  TraceExporter& operator=(const TraceExporter&) = delete;

  /// Sends what waits, each batch once, within `limit`, drops the rest and ends.
  void stop(std::chrono::milliseconds limit);

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void send(const std::vector<Span>& spans);
  /// True where the batch is to be sent again, after a pause.
  bool pause_before_retry(const TraceAnswer& answer, Clock::time_point give_up_at);
  void take_answer(const TraceAnswer& answer, std::size_t spans);
  std::chrono::milliseconds next_delay();
  Clock::time_point end_at() const;
  bool stopping() const;

  Tracer& tracer_;
  const TraceResource resource_;
  const TraceExporterOptions options_;
  const std::unique_ptr<core::Random> random_;
  TraceClient client_;
  std::chrono::milliseconds delay_max_;  ///< of the next retry
  bool is_away_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Clock::time_point end_at_ = Clock::time_point::max();
  std::thread thread_;
};

}  // namespace orderflow::telemetry
