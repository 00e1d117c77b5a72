#include "commands/client/shown_values.hpp"

#include "core/money.hpp"

#include <array>
#include <cstdio>

namespace orderflow::commands {
namespace {

using cli::Tone;

std::string formatted(const char* format, double number, const char* unit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return std::string(text.data()) + " " + unit;
}

}  // namespace

std::string text_at(const nlohmann::json& document, const std::string& name) {
  const auto member = document.find(name);
  if (member == document.end() || member->is_null()) return "";
  if (member->is_string()) return member->get<std::string>();
  return member->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::int64_t number_at(const nlohmann::json& document, const std::string& name) {
  const auto member = document.find(name);
  return member != document.end() && member->is_number() ? member->get<std::int64_t>() : 0;
}

std::string money_text(std::int64_t amount, const std::string& currency) {
  const auto known = core::Currency::parse(currency);
  if (known) return core::Money{amount, *known}.to_string();
  return std::to_string(amount) + (currency.empty() ? "" : " " + currency);
}

std::string time_text(const std::string& rfc3339) {
  constexpr std::size_t seconds_end = 19;
  if (rfc3339.size() < seconds_end || rfc3339[10] != 'T' || !rfc3339.ends_with('Z')) {
    return rfc3339;
  }
  return rfc3339.substr(0, 10) + " " + rfc3339.substr(11, 8);
}

std::string duration_text(double seconds) {
  constexpr double minute = 60;
  constexpr double hour = 60 * minute;
  constexpr double day = 24 * hour;
  if (seconds < minute) return formatted("%.1f", seconds, "s");
  if (seconds < hour) return formatted("%.0f", seconds / minute, "min");
  if (seconds < day) return formatted("%.1f", seconds / hour, "h");
  return formatted("%.1f", seconds / day, "d");
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < units.size()) {
    size /= 1024;
    ++unit;
  }
  return formatted(unit == 0 ? "%.0f" : "%.1f", size, units[unit]);
}

cli::Cell status_cell(const std::string& status) {
  if (status == "PROCESSED" || status == "CAPTURED" || status == "MADE") {
    return {status, Tone::good};
  }
  if (status == "PENDING" || status == "REFUNDING" || status == "REQUESTED") {
    return {status, Tone::waiting};
  }
  if (status == "CANCELED_FRAUD" || status == "PAYMENT_DECLINED") return {status, Tone::bad};
  return {status, Tone::plain};
}

cli::Cell count_cell(std::int64_t count, cli::Tone tone) {
  return {std::to_string(count), count == 0 ? Tone::plain : tone};
}

}  // namespace orderflow::commands
