#pragma once

#include "core/clock.hpp"
#include "telemetry/log.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace orderflow::telemetry {

/// Warnings that strangers can cause: ten a minute are written, with the number that was left out
/// before. Safe from any thread.
class LimitedLog {
 public:
  static constexpr std::uint32_t lines_a_minute = 10;

  /// The clock outlives it.
  LimitedLog(std::string_view component, const core::Clock& clock)
      : logger_(log(component)), clock_(clock) {}

  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    const auto left_out = admit();
    if (!left_out) return;
    if (*left_out > 0) logger_.warn("lines as the next one were left out count={}", *left_out);
    logger_.warn(text, std::forward<Args>(args)...);
  }

  /// Lines that were left out, ever.
  std::uint64_t left_out() const {
    const std::lock_guard lock(mutex_);
    return left_out_ever_;
  }

 private:
  /// How many were left out since the last one that was written; nothing where this one is to be
  /// too.
  std::optional<std::uint64_t> admit() {
    const std::lock_guard lock(mutex_);
    const core::Duration now = clock_.steady();
    if (!minute_began_ || now - *minute_began_ >= std::chrono::minutes{1}) {
      minute_began_ = now;
      written_ = 0;
    }
    if (written_ >= lines_a_minute) {
      ++left_out_;
      ++left_out_ever_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

  Logger& logger_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<core::Duration> minute_began_;
  std::uint32_t written_ = 0;  ///< in this minute
  std::uint64_t left_out_ = 0;
  std::uint64_t left_out_ever_ = 0;
};

}  // namespace orderflow::telemetry
