#include "routes.hpp"

#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "notification/notification_store.hpp"
#include "orders/contract/scopes.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::notifications {
namespace {

nlohmann::json document_of(const StoredNotification& notification) {
  nlohmann::json document{{"id", notification.id.value().to_string()},
                          {"orderId", notification.order_id.value().to_string()},
                          {"userId", notification.user_id},
                          {"kind", notification.kind},
                          {"channel", notification.channel},
                          {"recipient", nullptr},
                          {"language", notification.language},
                          {"subject", notification.subject},
                          {"status", notification.status},
                          {"attempts", notification.attempts},
                          {"error", nullptr},
                          {"skippedBecause", nullptr},
                          {"createdAt", core::to_rfc3339(notification.created_at)},
                          {"sentAt", nullptr},
                          {"correlationId", notification.correlation_id}};
  if (!notification.recipient.empty()) document["recipient"] = notification.recipient;
  if (notification.error) document["error"] = *notification.error;
  if (notification.skipped_because) document["skippedBecause"] = *notification.skipped_because;
  if (notification.sent_at) document["sentAt"] = core::to_rfc3339(*notification.sent_at);
  return document;
}

http::Response list_notifications(const host::Host& host, const http::Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"orderId", "limit", "after"}, errors);
  const auto order_id = host::id_parameter<OrderId>(request, "orderId", errors);
  const auto wanted = host::page_request<NotificationId>(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));

  const auto page = host.read(
      [&](storage::Session session) { return NotificationStore(session).page(order_id, wanted); });
  return host::page_response("notifications", page, document_of);
}

http::Response show_notification(const host::Host& host, const http::Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  if (const auto id = host::path_id<NotificationId>(request)) {
    const auto notification =
        host.read([&](storage::Session session) { return NotificationStore(session).find(*id); });
    if (notification) return host::json_response(200, document_of(*notification));
  }
  const http::Problem problem{404, "notification-not-found", "No such notification",
                              "There is no notification " + std::string(request.path_value("id"))};
  return http::problem_response(request, problem);
}

}  // namespace

void add_routes(host::Host& host) {
  using Answer = boost::asio::awaitable<http::Response>;
  host.route(
      http::Method::get, "/v1/notifications", orders::read_scope,
      [&host](http::Request& request) -> Answer { co_return list_notifications(host, request); });
  host.route(
      http::Method::get, "/v1/notifications/{id}", orders::read_scope,
      [&host](http::Request& request) -> Answer { co_return show_notification(host, request); });
}

}  // namespace orderflow::notifications
