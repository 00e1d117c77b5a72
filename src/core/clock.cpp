#include "core/clock.hpp"

#include <cstdio>

namespace orderflow::core {
namespace {

/// Reads a text from its front; once something did not fit, nothing fits any more.
class TimeText {
 public:
  explicit TimeText(std::string_view text) noexcept : rest_(text) {}

  unsigned digits(std::size_t count, unsigned min, unsigned max) noexcept {
    unsigned number = 0;
    for (std::size_t i = 0; i < count; ++i)
      number = number * 10 + digit();
    if (number < min || number > max) fits_ = false;
    return number;
  }

  char one_of(std::string_view allowed) noexcept {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      fits_ = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Duration fraction() noexcept {
    if (!next_is('.')) return Duration{0};
    one_of(".");
    std::int64_t micros = 0;
    std::size_t count = 0;
    for (; count == 0 || next_is_digit(); ++count) {
      const unsigned value = digit();
      if (count < 6) micros = micros * 10 + value;
      if (!fits_) break;
    }
    if (count > 9) fits_ = false;
    for (; count < 6; ++count)
      micros *= 10;
    return Duration{micros};
  }

  bool at_end() const noexcept { return fits_ && rest_.empty(); }

 private:
  bool next_is(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }
  bool next_is_digit() const noexcept {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  unsigned digit() noexcept {
    if (!next_is_digit()) {
      fits_ = false;
      return 0;
    }
    const auto value = static_cast<unsigned>(rest_.front() - '0');
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool fits_ = true;
};

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
  TimeText read(text);
  const auto year = static_cast<int>(read.digits(4, 1970, 9999));
  read.one_of("-");
  const unsigned month = read.digits(2, 1, 12);
  read.one_of("-");
  const unsigned day = read.digits(2, 1, 31);
  read.one_of("Tt ");
  const std::chrono::hours hour{read.digits(2, 0, 23)};
  read.one_of(":");
  const std::chrono::minutes minute{read.digits(2, 0, 59)};
  read.one_of(":");
  const std::chrono::seconds second{read.digits(2, 0, 60)};
  const Duration fraction = read.fraction();
  std::chrono::minutes offset{0};
  if (const char sign = read.one_of("Zz+-"); sign == '+' || sign == '-') {
    const std::chrono::hours hours{read.digits(2, 0, 23)};
    read.one_of(":");
    offset = hours + std::chrono::minutes{read.digits(2, 0, 59)};
    if (sign == '-') offset = -offset;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!read.at_end() || !date.ok()) return std::nullopt;
  const Timestamp time{std::chrono::sys_days{date} + hour + minute + second + fraction - offset};
  if (time < Timestamp{}) return std::nullopt;
  return time;
}

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[40];
  const int size = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

Timestamp SystemClock::now() const noexcept {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::steady() const noexcept {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace orderflow::core
