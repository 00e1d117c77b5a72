#pragma once

#include "notification/message.hpp"

#include <boost/system/result.hpp>

#include <string>

namespace orderflow::notifications {

/// Why a message cannot be put in a mail; without any address in it.
struct RefusedMessage {
  std::string reason;
};

/// `message` as Internet mail (RFC 5322, RFC 2045 to 2047): multipart/alternative of text and HTML
/// in UTF-8, quoted-printable, CRLF, lines of at most 76 characters in the bodies and never more
/// than 998. The same message gives the same bytes.
///
/// Refused are an address that is not `is_mail_address`, and control characters in a header.
boost::system::result<std::string, RefusedMessage> format_mail(const Message& message,
                                                               const Sender& sender);

/// The `date-time` of RFC 5322 §3.3, in UTC: `Wed, 15 Nov 2023 00:00:00 +0000`.
std::string mail_date(core::Timestamp time);

}  // namespace orderflow::notifications
