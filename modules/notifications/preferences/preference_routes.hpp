#pragma once

#include "composing/mail_templates.hpp"
#include "host/host.hpp"

namespace orderflow::notifications {

/// `GET` and `PUT /v1/users/{userId}/notification-preferences`. Host and templates outlive the
/// routes.
void add_preference_routes(host::Host& host, const MailTemplates& templates);

}  // namespace orderflow::notifications
