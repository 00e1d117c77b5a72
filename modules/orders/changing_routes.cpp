#include "cancel_order.hpp"
#include "held_order.hpp"
#include "host/idempotency_key.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "order_json.hpp"
#include "orders/contract/scopes.hpp"
#include "place_order.hpp"
#include "routes.hpp"

#include <string>
#include <utility>

namespace orderflow::orders {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

Response invalid(const Request& request, std::string_view type, std::string_view title,
                 core::FieldErrors errors) {
  const http::Problem problem{422, type, title, "See errors for each field.", std::move(errors)};
  return http::problem_response(request, problem);
}

Response not_cancelable(const Request& request, const Order& order) {
  const http::Problem problem{409, "order-not-cancelable", "The order cannot be canceled any more",
                              "Order " + order.id.value().to_string() + " is " +
                                  std::string(to_string(order.status)) + "."};
  return http::problem_response(request, problem);
}

awaitable<Placement> place(const RouteServices& services, const Request& request,
                           const OrderDetails& details,
                           const std::optional<host::IdempotencyKey>& key) {
  const auto body = [&](events::Turn& turn) {
    const std::string& correlation_id = request.trace.correlation_id;
    if (!key) return Placement{.order = place_order(turn, details, correlation_id)};
    return place_order_once(turn, details, correlation_id, *key, services.ages);
  };
  Placement placement = co_await services.host.write(request, body);
  co_return placement;
}

awaitable<Response> post_order(const RouteServices& services, const Request& request) {
  const auto key = host::idempotency_key_of(request);
  if (!key) co_return host::invalid_idempotency_key(request, key.error());
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  const auto details = parse_order_details(*document, services.settings.default_currency);
  if (!details) {
    co_return invalid(request, "invalid-order", "The order is not valid", details.error());
  }

  Placement placement = co_await place(services, request, *details, *key);
  if (!placement.order) co_return host::idempotency_key_reused(request, "order");
  const OrderId id = placement.order->id;
  auto holding = wait_until_settled(services, request, id, std::move(placement.order));
  const HeldOrder held = co_await std::move(holding);
  Response response = host::json_response(201, to_json(*held.order));
  response.headers.emplace_back("Location", "/v1/orders/" + id.value().to_string());
  if (placement.replayed) host::mark_replayed(response);
  mark_held(response, held);
  co_return response;
}

awaitable<Response> post_cancel(const RouteServices& services, const Request& request) {
  const auto id = host::path_id<OrderId>(request);
  if (!id) co_return no_such_order(request);
  std::string reason;
  if (!request.body.empty()) {
    const auto document = host::parse_json_body(request.body);
    if (!document) co_return host::malformed_json(request, document.error());
    const auto read = parse_cancellation(*document);
    if (!read) {
      co_return invalid(request, "invalid-cancellation", "The cancellation is not valid",
                        read.error());
    }
    reason = *read;
  }

  const auto body = [&](events::Turn& turn) { return cancel_order(turn, *id, reason); };
  Cancellation canceled = co_await services.host.write(request, body);
  if (!canceled.order) co_return no_such_order(request);
  if (!canceled.accepted) co_return not_cancelable(request, *canceled.order);
  auto holding = wait_until_settled(services, request, *id, std::move(canceled.order));
  const HeldOrder held = co_await std::move(holding);
  Response response = host::json_response(202, to_json(*held.order));
  mark_held(response, held);
  co_return response;
}

}  // namespace

void add_changing_routes(host::Host& host, const RouteServices& services) {
  host.route(http::Method::post, "/v1/orders", orders::write_scope,
             [services](Request& request) { return post_order(services, request); });
  host.route(http::Method::post, "/v1/orders/{id}/cancel", orders::write_scope,
             [services](Request& request) { return post_cancel(services, request); });
}

}  // namespace orderflow::orders
