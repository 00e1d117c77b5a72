#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"
#include "events/retry_policy.hpp"
#include "message.hpp"

#include <string>

namespace orderflow::notifications {

/// The `notifications` section of the settings.
struct Settings {
  std::string channel;  ///< "file" or "none"
  std::string folder;   ///< of channel "file"; empty: "mail" in the data folder
  Sender sender;
  core::Duration deadline;  ///< of one attempt
  events::RetryPolicy retry;
};

/// Reads them. Throws `config::Invalid` for a sender or domain that cannot stand in a mail header.
Settings read_settings(const config::Section& notifications);

}  // namespace orderflow::notifications
