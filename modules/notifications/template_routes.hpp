#pragma once

#include "composing/mail_templates.hpp"
#include "composing/order_mails.hpp"
#include "host/host.hpp"
#include "notification/message.hpp"

namespace orderflow::notifications {

/// `GET /v1/notifications/templates`: what there are templates for, in which languages, and what
/// they may use. `GET /v1/notifications/templates/{kind}/preview?language=&format=&case=`: a mail
/// with made-up values. All but the sender outlive the routes.
void add_template_routes(host::Host& host, const MailTemplates& templates, const OrderMails& mails,
                         const Sender& sender);

}  // namespace orderflow::notifications
