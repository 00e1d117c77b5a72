#pragma once

#include "core/field_error.hpp"
#include "http/message/message.hpp"
#include "notification/message.hpp"

#include <string>

namespace orderflow::notifications {

/// The parameter `format` of a request for a mail: `html` (the default), `text` or `mail`. Another
/// value is an error.
std::string read_mail_format(const http::Request& request, core::FieldErrors& errors);

/// A mail to look at, in one of these formats. In a browser nothing in it runs, loads or submits.
http::Response mail_answer(Message message, const std::string& format, const std::string& language,
                           const Sender& sender);

}  // namespace orderflow::notifications
