#pragma once

#include "config/problem.hpp"
#include "config/section.hpp"
#include "core/clock.hpp"
#include "outbound/mail_transfer.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace orderflow::notifications {

/// The `notifications.smtp` section of the settings.
struct SmtpSettings {
  outbound::MailServer server{};
  std::string ca_file{};  ///< PEM; empty: the system's certificates
  core::Duration connect_timeout{};
  std::size_t connections_max = 1;
};

/// Reads them; adds what is wrong to `problems`. Where `in_use` is false only the forms are
/// checked, not whether the settings are whole. `deadline` is that of one attempt.
SmtpSettings read_smtp_settings(const config::Section& smtp, bool in_use, core::Duration deadline,
                                std::vector<config::Problem>& problems);

}  // namespace orderflow::notifications
