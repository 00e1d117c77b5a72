#include "routes.hpp"

#include "core/trace_context.hpp"
#include "held_order.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "order_json.hpp"
#include "order_store.hpp"
#include "orders/contract/scopes.hpp"
#include "timeline.hpp"

#include <string>
#include <utility>

namespace orderflow::orders {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

awaitable<Response> get_order(const RouteServices& services, const Request& request) {
  const auto id = host::path_id<OrderId>(request);
  if (!id) co_return no_such_order(request);
  auto holding = wait_until_settled(services, request, *id);
  const HeldOrder held = co_await std::move(holding);
  if (!held.order) co_return no_such_order(request);
  Response response = host::json_response(200, to_json(*held.order));
  mark_held(response, held);
  co_return response;
}

ListFilter read_filter(const Request& request, core::FieldErrors& errors) {
  ListFilter filter;
  if (const auto user = request.query_value("userId")) {
    if (!core::is_visible_ascii(*user, 128)) {
      errors.push_back({"userId", "must be 1 to 128 visible ASCII characters"});
    }
    filter.user_id = UserId{std::string(*user)};
  }
  if (const auto status = request.query_value("status")) {
    filter.status = parse_order_status(*status);
    if (!filter.status) {
      errors.push_back({"status",
                        "must be PENDING, PROCESSED, CANCELED_FRAUD, PAYMENT_DECLINED, CANCELED or "
                        "REFUNDED"});
    }
  }
  return filter;
}

Response get_orders(const host::Host& host, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"userId", "status", "limit", "after"}, errors);
  const ListFilter filter = read_filter(request, errors);
  const auto wanted = host::page_request<OrderId>(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));

  const OrderPage page =
      host.read([&](storage::Session session) { return OrderStore(session).page(filter, wanted); });
  return host::page_response("orders", page, [](const Order& order) { return to_json(order); });
}

Response get_timeline(const host::Host& host, const Request& request) {
  const auto id = host::path_id<OrderId>(request);
  if (!id) return no_such_order(request);
  const auto order =
      host.read([&](storage::Session session) { return OrderStore(session).find(*id); });
  const nlohmann::json document = timeline(host, id->value().to_string(), order);
  // Retention may have removed what happened to an order that is there.
  if (!order && document["events"].empty()) return no_such_order(request);
  return host::json_response(200, document);
}

}  // namespace

Response no_such_order(const Request& request) {
  const http::Problem problem{404, "order-not-found", "There is no such order",
                              "There is no order " + std::string(request.path_value("id")) + "."};
  return http::problem_response(request, problem);
}

void add_reading_routes(host::Host& host, const RouteServices& services) {
  host.route(http::Method::get, "/v1/orders", orders::read_scope,
             [services](Request& request) -> awaitable<Response> {
               co_return get_orders(services.host, request);
             });
  host.route(http::Method::get, "/v1/orders/{id}", orders::read_scope,
             [services](Request& request) { return get_order(services, request); });
  host.route(http::Method::get, "/v1/orders/{id}/timeline", orders::read_scope,
             [services](Request& request) -> awaitable<Response> {
               co_return get_timeline(services.host, request);
             });
}

}  // namespace orderflow::orders
