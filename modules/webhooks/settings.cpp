#include "settings.hpp"

#include "config/problem.hpp"
#include "outbound/transfers.hpp"
#include "sending/signature.hpp"

#include <charconv>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t hours_a_day = 24;

constexpr core::Duration delay_max = 24h * 7;

/// "250ms", "5s", "30m" or "2h".
std::optional<core::Duration> parse_delay(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc{} || count < 1 || count > 1'000'000) return std::nullopt;
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  core::Duration delay{};
  if (unit == "ms") delay = std::chrono::milliseconds(count);
  if (unit == "s") delay = std::chrono::seconds(count);
  if (unit == "m") delay = std::chrono::minutes(count);
  if (unit == "h") delay = std::chrono::hours(count);
  if (delay <= core::Duration{0} || delay > delay_max) return std::nullopt;
  return delay;
}

std::vector<core::Duration> read_delays(const config::Section& webhooks,
                                        std::vector<config::Problem>& problems) {
  const auto texts = webhooks.texts(
      "retryDelays", {"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"},
      {.min_count = 1, .max_count = 50, .each = {.min_length = 2, .max_length = 10}});
  std::vector<core::Duration> delays;
  for (const std::string& text : texts) {
    if (const auto delay = parse_delay(text)) {
      delays.push_back(*delay);
    } else {
      problems.push_back(
          {"settings", "webhooks.retryDelays",
           config::shown(text) + " is not a time from 1ms to 168h, such as 250ms, 5s, 30m or 2h"});
    }
  }
  return delays;
}

std::string read_ca_file(const config::Section& webhooks, std::vector<config::Problem>& problems) {
  std::string file = webhooks.text("caFile", "", {.max_length = 4096});
  try {
    outbound::check_ca_file(file);
  } catch (const std::exception& e) {
    problems.push_back(
        {"settings", "webhooks.caFile", config::shown(file) + " " + std::string(e.what())});
  }
  return file;
}

std::size_t count(const config::Section& webhooks, std::string_view key, std::int64_t standard,
                  std::int64_t min, std::int64_t max) {
  return static_cast<std::size_t>(webhooks.integer(key, standard, min, max));
}

std::chrono::hours hours(const config::Section& webhooks, std::string_view key,
                         std::int64_t standard, std::int64_t min, std::int64_t max) {
  return std::chrono::hours(webhooks.integer(key, standard, min, max));
}

std::optional<core::Duration> read_keep(const config::Section& webhooks) {
  const auto keep = hours(webhooks, "keepHours", 0, 0, hours_a_day * 365);
  if (keep == 0h) return std::nullopt;
  return keep;
}

}  // namespace

Settings read_settings(const config::Section& webhooks) {
  std::vector<config::Problem> problems;
  Settings settings{
      .allow_private = webhooks.boolean("allowPrivate", false),
      .ca_file = read_ca_file(webhooks, problems),
      .endpoints_max = count(webhooks, "maxEndpoints", 100, 1, 100'000),
      .waiting_max = count(webhooks, "maxWaiting", 100'000, 100, 10'000'000),
      .in_flight_max = count(webhooks, "concurrency", 64, 1, 1024),
      .in_flight_each = count(webhooks, "concurrencyPerEndpoint", 4, 1, 256),
      .timeout = webhooks.milliseconds("timeoutMs", 20s, 100ms, 2min),
      .retry_delays = read_delays(webhooks, problems),
      .secret_bytes = count(webhooks, "secretBytes", 32, secret_bytes_min, secret_bytes_max),
      .rotation_overlap = hours(webhooks, "rotationOverlapHours", 24, 0, hours_a_day * 30),
      .disable_after = hours(webhooks, "disableAfterHours", 120, 1, hours_a_day * 365),
      .keep = read_keep(webhooks)};
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  return settings;
}

}  // namespace orderflow::webhooks
