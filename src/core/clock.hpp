#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::core {

/// Microseconds UTC since 1970.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

constexpr std::int64_t to_micros(Timestamp t) noexcept {
  return t.time_since_epoch().count();
}
constexpr Timestamp from_micros(std::int64_t us) noexcept {
  return Timestamp{Duration{us}};
}

/// `2026-03-01T12:30:00.123456Z` (RFC 3339 in UTC, always six fraction digits).
std::string to_rfc3339(Timestamp time);

/// Reads RFC 3339 with any offset and up to nine fraction digits, of which six count; years 1970 to
/// 9999. Anything else gives nothing. A leap second (`:60`) is the second after it.
std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;

/// Gives the time. Injected wherever time matters, so that tests and replays decide it.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day, which may be set back or ahead at any moment. Safe from any thread.
  virtual Timestamp now() const noexcept = 0;
  /// What has passed since some moment in the past: nobody sets it, and it never goes back. Means
  /// nothing in another process. Safe from any thread.
  virtual Duration steady() const noexcept = 0;
};

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const noexcept override;
  Duration steady() const noexcept override;
};

/// A clock that moves only when it is set. Safe from any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) noexcept : micros_(to_micros(start)) {}
  Timestamp now() const noexcept override { return from_micros(micros_.load()); }
  Duration steady() const noexcept override { return Duration{steady_.load()}; }
  /// Lets time pass: 0 or more.
  void advance(Duration by) noexcept {
    micros_ += by.count();
    steady_ += by.count();
  }
  /// Lets time pass until `to`; none where that is not ahead.
  void advance_to(Timestamp to) noexcept {
    if (const Duration left = to - now(); left > Duration{0}) advance(left);
  }
  /// Sets the time of day, back or ahead; no time passes.
  void set(Timestamp to) noexcept { micros_ = to_micros(to); }
  void jump(Duration by) noexcept { micros_ += by.count(); }

 private:
  std::atomic<std::int64_t> micros_;
  std::atomic<std::int64_t> steady_{0};
};

}  // namespace orderflow::core
