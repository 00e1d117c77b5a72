#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <string_view>

namespace orderflow::telemetry {

/// The logger of one component: "http", "storage", "orders", …  Made on first use with the level
/// and format in force. One line an event: a short message, then key=value pairs.
///
///     telemetry::log("http").warn("request refused status={} reason={}", 431, "header too large");
///
/// Safe from any thread. Keep the reference where the cost of a look-up matters.
spdlog::logger& log(std::string_view component);

enum class LogFormat { text, json };

/// Sets level ("trace", "debug", "info", "warn", "error", "off") and format of every logger,
/// present and future. Throws `std::invalid_argument` for an unknown level. Logs go to standard
/// error.
void configure_logs(std::string_view level, LogFormat format);

}  // namespace orderflow::telemetry
