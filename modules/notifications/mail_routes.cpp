#include "mail_routes.hpp"

#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "mail_answer.hpp"
#include "notification/notification_store.hpp"
#include "orders/contract/scopes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::notifications {
namespace {

using http::Request;
using http::Response;

// An order has about five events; the bound is for one that is replayed again and again.
constexpr std::size_t events_max = 1000;

bool is_told_of(const events::Event& event) {
  const auto& kind = event.meta().kind;
  return kind == orders::OrderCreated::kind || kind == billing::OrderProcessed::kind ||
         kind == billing::PaymentRefunded::kind;
}

/// The event that a notification tells of, while the log keeps it.
events::EventPtr event_of(const host::Host& host, const StoredNotification& notification) {
  const std::string order_id = notification.order_id.value().to_string();
  return host.read_log([&](storage::Session session) -> events::EventPtr {
    const auto events = host.log().of_key(session, order_id, events_max);
    const auto found = std::ranges::find_if(events, [&](const events::EventPtr& event) {
      return is_told_of(*event) && Notifier::id_of(*event) == notification.id;
    });
    return found == events.end() ? nullptr : *found;
  });
}

Response not_found(const Request& request) {
  const http::Problem problem{404, "notification-not-found", "No such notification",
                              "There is no notification " + std::string(request.path_value("id"))};
  return http::problem_response(request, problem);
}

Response not_kept(const Request& request) {
  const http::Problem problem{410, "mail-not-kept", "The mail cannot be made anew",
                              "The log keeps the event that it told of no longer."};
  return http::problem_response(request, problem);
}

Response show_mail(const host::Host& host, const Notifier& notifier, const Sender& sender,
                   const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"format"}, errors);
  const std::string format = read_mail_format(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const auto id = host::path_id<NotificationId>(request);
  const auto notification =
      id ? host.read([&](storage::Session session) { return NotificationStore(session).find(*id); })
         : std::nullopt;
  if (!notification) return not_found(request);
  const auto event = event_of(host, *notification);
  if (!event) return not_kept(request);
  Message message = notifier.shown(*event, notification->language);
  message.recipient = notification->recipient;  // an operator may have corrected the event's
  return mail_answer(message, format, notification->language, sender);
}

}  // namespace

void add_mail_route(host::Host& host, const Notifier& notifier, const Sender& sender) {
  host.route(http::Method::get, "/v1/notifications/{id}/mail", orders::read_scope,
             [&host, &notifier, sender](Request& request) -> boost::asio::awaitable<Response> {
               co_return show_mail(host, notifier, sender, request);
             });
}

}  // namespace orderflow::notifications
