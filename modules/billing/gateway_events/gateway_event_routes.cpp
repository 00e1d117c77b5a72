#include "gateway_events/gateway_event_routes.hpp"

#include "books/trace_of_order.hpp"
#include "card/card_object.hpp"
#include "gateway_events/gateway_event.hpp"
#include "gateway_events/gateway_signature.hpp"
#include "host/json_body.hpp"
#include "http/message/problem.hpp"
#include "telemetry/limited_log.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace orderflow::billing {
namespace {

using Answer = boost::asio::awaitable<http::Response>;

/// The same whatever is wrong with a signature, so that nobody learns how to make one.
http::Response unsigned_event(const http::Request& request, telemetry::LimitedLog& log) {
  log.warn("gateway event refused remote={}", request.remote_address);
  const http::Problem problem{400, "gateway-event-not-signed", "The event is not signed",
                              "The signature is missing, wrong or too old."};
  return http::problem_response(request, problem);
}

http::Response unreadable_event(const http::Request& request) {
  const http::Problem problem{400, "gateway-event-not-valid", "The event is not valid",
                              "An event has an id, a type and data.object."};
  return http::problem_response(request, problem);
}

std::string order_of(const nlohmann::json& event) {
  return text_at(event, {"data", "object", "metadata", "order_id"});
}

Answer take(host::Host& host, const PaymentGateway& gateway, const std::string& secret,
            telemetry::LimitedLog& log, http::Request& request) {
  const std::string_view signature = request.header("stripe-signature").value_or("");
  if (!is_signed(signature, request.body, secret, host.clock().now())) {
    co_return unsigned_event(request, log);
  }
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  const auto event = read_gateway_event(*document);
  if (!event) co_return unreadable_event(request);

  if (event->tells()) {
    if (auto trace = trace_of_order(host, order_of(*document))) request.trace = std::move(*trace);
    auto body = [&](events::Turn& turn) { take_gateway_event(gateway, *event, turn); };
    co_await host.write(request, body);
  }
  const nlohmann::json answer = {{"received", true}};
  co_return host::json_response(200, answer);
}

/// An event carries the whole object that it is about; none comes near.
constexpr std::size_t event_bytes_max = 256U << 10;

}  // namespace

void add_gateway_event_routes(host::Host& host, const PaymentGateway& gateway, std::string secret) {
  host.route(
      http::Method::post, "/v1/payments/gateway-events", http::Access::open,
      [&host, &gateway, secret = std::move(secret),
       log = std::make_shared<telemetry::LimitedLog>("billing", host.clock())](
          http::Request& request) -> Answer { return take(host, gateway, secret, *log, request); },
      {.body_bytes_max = event_bytes_max});
}

}  // namespace orderflow::billing
