#pragma once

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace orderflow::telemetry {

/// Writes lines to a descriptor, in order: directly, or through a bounded queue that a thread of
/// its own empties, so that logging never waits for the reader. A line that finds the queue full
/// is dropped and counted; once there is room again a line reports the count.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// The descriptor outlives the sink.
  explicit LogSink(int descriptor, std::size_t queued_bytes_max = 1U << 20);
  ~LogSink() override { stop_queue(std::chrono::milliseconds{0}); }

  /// From now on lines are queued.
  void start_queue();
  /// Writes what is queued, for `limit` at most, and from then on directly again.
  void stop_queue(std::chrono::milliseconds limit);

  /// Lines that were dropped, ever.
  std::uint64_t dropped() const noexcept { return dropped_ever_.load(std::memory_order_relaxed); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  using Clock = std::chrono::steady_clock;

  std::string format(const spdlog::details::log_msg& message) const;
  void run();
  /// False where it gave up, as the queue is to end.
  bool write(const std::string& text);
  bool is_overdue();

  const int descriptor_;
  const bool colored_;
  const std::size_t queued_bytes_max_;
  std::condition_variable changed_;
  // Guarded by the base's mutex.
  bool is_queued_ = false;
  std::string queue_;
  std::uint64_t dropped_ = 0;  ///< since the last line that reported them
  bool stopping_ = false;
  Clock::time_point give_up_at_ = Clock::time_point::max();

  std::atomic<std::uint64_t> dropped_ever_{0};
  std::thread thread_;
};

}  // namespace orderflow::telemetry
