#include "http/message/http_date.hpp"

#include <array>
#include <cstdio>

namespace orderflow::http {

const std::string& HttpDate::at(core::Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second == second_ && !text_.empty()) return text_;
  second_ = second;
  // Not strftime: the names are English whatever the locale.
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{second - day};
  char text[40];
  const int size = std::snprintf(
      text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
      days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  text_.assign(text, static_cast<std::size_t>(size));
  return text_;
}

}  // namespace orderflow::http
