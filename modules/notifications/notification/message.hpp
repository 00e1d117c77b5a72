#pragma once

#include "core/clock.hpp"
#include "notification/notification.hpp"

#include <string>

namespace orderflow::notifications {

/// Who the messages come from.
struct Sender {
  std::string name;               ///< shown to the reader; may be empty
  std::string address;            ///< e-mail address
  std::string message_id_domain;  ///< right of the "@" in every Message-ID
};

/// One message to one reader. The same notification gives the same message at every attempt.
struct Message {
  NotificationId id;
  std::string recipient;  ///< e-mail address
  std::string subject;    ///< UTF-8
  std::string text;       ///< UTF-8, lines end in \n
  std::string html;       ///< the same for readers that show HTML
  core::Timestamp date;
  std::string correlation_id;
  std::string traceparent;               ///< W3C Trace Context; may be empty
  std::string unsubscribe_url = {};      ///< for a click and for one-click requests; may be empty
  std::string unsubscribe_address = {};  ///< to write to; may be empty
};

}  // namespace orderflow::notifications
