#pragma once

#include "host/host.hpp"
#include "notification/message.hpp"
#include "notify.hpp"

namespace orderflow::notifications {

/// `GET /v1/notifications/{id}/mail?format=`: the mail of a notification, made anew from its event.
/// All but the sender outlive the route.
void add_mail_route(host::Host& host, const Notifier& notifier, const Sender& sender);

}  // namespace orderflow::notifications
