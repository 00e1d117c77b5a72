#pragma once

#include "composing/mail_templates.hpp"
#include "host/host.hpp"

#include <string>

namespace orderflow::notifications {

/// `GET` and `POST /v1/notifications/unsubscribe/{token}`: the page behind the link in a mail, and
/// what its button and mail programs send (RFC 8058). Opening the page changes nothing, for mail
/// scanners open every link. Whoever has the token may use it; it opens nothing else. Host and
/// templates outlive the routes.
void add_unsubscribe_routes(host::Host& host, const MailTemplates& templates, std::string shop);

}  // namespace orderflow::notifications
