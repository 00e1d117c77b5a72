#pragma once

#include "telemetry/logger.hpp"

#include <optional>
#include <string_view>

namespace orderflow::telemetry {

/// The logger of one component: "http", "storage", "orders", …  Made on first use with the level
/// and format in force. One line an event: a short message, then key=value pairs.
///
///     telemetry::log("http").warn("request refused status={} reason={}", 431, "header too large");
///
/// What looks like a mail address, a card or a secret is masked, see masking.hpp. Safe from any
/// thread. Keep the reference where the cost of a look-up matters.
Logger& log(std::string_view component);

enum class LogFormat { text, json };

/// Sets level ("trace", "debug", "info", "warn", "error", "off") and format of every logger,
/// present and future; one that has a level of its own keeps it. Throws `std::invalid_argument` for
/// an unknown level. Logs go to standard error. Safe from any thread.
void configure_logs(std::string_view level, LogFormat format);

/// Sets the level alone.
void set_log_level(std::string_view level);

/// Gives the logger of one component a level of its own from now on; nothing: that of all others
/// again. Throws `std::invalid_argument` for an unknown level. Safe from any thread.
void set_log_level(std::string_view component, std::optional<std::string_view> level);

}  // namespace orderflow::telemetry
