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

/// Tells the time. Injected wherever time matters, so that tests and replays decide it.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Safe from any thread.
  virtual Timestamp now() const noexcept = 0;
};

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const noexcept override;
};

/// A clock that moves only when told to. Safe from any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) noexcept : micros_(to_micros(start)) {}
  Timestamp now() const noexcept override { return from_micros(micros_.load()); }
  void advance(Duration by) noexcept { micros_ += by.count(); }
  void set(Timestamp to) noexcept { micros_ = to_micros(to); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace orderflow::core
