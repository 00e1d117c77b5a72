#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::webhooks {

/// The `webhooks` section of the settings.
struct Settings {
  bool allow_private;          ///< http and private addresses too: for development
  std::string ca_file;         ///< PEM; empty: the system's certificates
  std::size_t endpoints_max;   ///< one more is refused
  std::size_t waiting_max;     ///< deliveries of one endpoint; one more disables it
  std::size_t in_flight_max;   ///< to endpoints that work; as many again to those that do not
  std::size_t in_flight_each;  ///< to one endpoint
  core::Duration timeout;      ///< of one attempt
  std::vector<core::Duration> retry_delays;  ///< after the first, second, … failed attempt
  std::size_t secret_bytes;
  core::Duration rotation_overlap;     ///< how long a replaced secret signs as well
  core::Duration disable_after;        ///< of nothing but failures
  std::optional<core::Duration> keep;  ///< of deliveries that have ended; nothing: as their events
};

/// Throws `config::Invalid` where a delay or the certificates cannot be read.
Settings read_settings(const config::Section& webhooks);

}  // namespace orderflow::webhooks
