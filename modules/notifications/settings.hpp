#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"
#include "events/delivery/retry_policy.hpp"
#include "mail/maildir.hpp"
#include "mail/smtp_settings.hpp"
#include "notification/message.hpp"

#include <string>

namespace orderflow::notifications {

/// The `notifications` section of the settings.
struct Settings {
  std::string channel;   ///< "file", "smtp" or "none"
  std::string folder;    ///< of channel "file"; empty: "mail" in the data folder
  MailBound mail_bound;  ///< of the folder
  SmtpSettings smtp;
  Sender sender;
  std::string templates;            ///< a folder; empty: only those of this program
  std::string default_language;     ///< as `is_language`
  std::string unsubscribe_url;      ///< where readers reach this node; empty: no links
  std::string unsubscribe_address;  ///< to write to; empty: none
  core::Duration deadline;          ///< of one attempt
  events::RetryPolicy retry;
};

/// Reads them. Throws `config::Invalid` for what could not stand in a mail header, and for an
/// incomplete `smtp` where that is the channel.
Settings read_settings(const config::Section& notifications);

}  // namespace orderflow::notifications
