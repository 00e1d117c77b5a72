#include "refund_routes.hpp"

#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "books/shown_state.hpp"
#include "host/idempotency_key.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "orders/contract/scopes.hpp"
#include "routes.hpp"
#include "settling/refund_json.hpp"
#include "settling/request_refund.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

Response invalid(const Request& request, core::FieldErrors errors) {
  const http::Problem problem{422, "invalid-refund", "The refund is not valid",
                              "See errors for each field.", std::move(errors)};
  return http::problem_response(request, problem);
}

Response no_such_refund(const Request& request) {
  const http::Problem problem{404, "refund-not-found", "There is no such refund",
                              "Payment " + std::string(request.path_value("id")) +
                                  " has no refund " + std::string(request.path_value("refundId")) +
                                  "."};
  return http::problem_response(request, problem);
}

Response conflict(const Request& request, std::string_view type, std::string_view title,
                  const std::string& what) {
  const std::string detail = "Payment " + std::string(request.path_value("id")) + " " + what;
  const http::Problem problem{409, type, title, detail};
  return http::problem_response(request, problem);
}

std::string not_representable_text(const RefundDenied& denied) {
  const std::string can = denied.representable > 0
                              ? "at most " + std::to_string(denied.representable) + " of it"
                              : "nothing of it";
  return "is no amount that the payment gateway can pay back in this currency: it can pay back " +
         can + ", in the minor unit";
}

Response deny(const Request& request, const RefundDenied& denied) {
  using enum RefundDenied::Why;
  switch (denied.why) {
    case no_such_payment:
      return no_such_payment_response(request);
    case not_captured:
      return conflict(request, "payment-not-captured", "The payment is not captured",
                      "is " + shown(to_string(denied.state)) + ": there is no money to pay back.");
    case nothing_left:
      return conflict(request, "nothing-left-to-refund", "Nothing of the payment is left",
                      "is paid back in full, or promised to be.");
    case too_many:
      return conflict(request, "too-many-refunds", "The payment has too many refunds",
                      "has " + std::to_string(refunds_max) + " refunds already.");
    case not_representable:
      return invalid(request, {{"/amount", not_representable_text(denied)}});
    case above_what_is_left:
      break;
  }
  return invalid(request, {{"/amount", "is more than is left of the payment: " +
                                           std::to_string(denied.left) + " of the minor unit"}});
}

Response answer_of(const Request& request, PaymentId payment_id, const RefundAnswerOrNot& result) {
  if (std::holds_alternative<KeyReused>(result)) {
    return host::idempotency_key_reused(request, "refund");
  }
  if (const auto* denied = std::get_if<RefundDenied>(&result)) return deny(request, *denied);
  const auto& answer = std::get<RefundAnswer>(result);
  Response response;
  response.status = 201;
  response.content_type = "application/json";
  response.body = answer.body;
  response.headers.emplace_back("Location", "/v1/payments/" + payment_id.value().to_string() +
                                                "/refunds/" + answer.refund_id.value().to_string());
  if (answer.replayed) host::mark_replayed(response);
  return response;
}

awaitable<Response> post_refund(const host::Host& host, const PaymentGateway& gateway,
                                const Request& request, host::KeyAges& ages) {
  const auto payment_id = host::path_id<PaymentId>(request);
  if (!payment_id) co_return no_such_payment_response(request);
  const auto key = host::idempotency_key_of(request);
  if (!key) co_return host::invalid_idempotency_key(request, key.error());
  NewRefund new_refund;
  if (!request.body.empty()) {
    const auto document = host::parse_json_body(request.body);
    if (!document) co_return host::malformed_json(request, document.error());
    auto read = parse_new_refund(*document);
    if (!read) co_return invalid(request, read.error());
    new_refund = std::move(*read);
  }
  auto body = [&](events::Turn& turn) {
    return request_refund_once(turn, gateway, *payment_id, new_refund, *key, ages);
  };
  const RefundAnswerOrNot result = co_await host.write(request, body);
  co_return answer_of(request, *payment_id, result);
}

Response list_refunds(const host::Host& host, const Request& request) {
  const auto payment_id = host::path_id<PaymentId>(request);
  if (!payment_id) return no_such_payment_response(request);
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"limit", "after"}, errors);
  const auto wanted = host::page_request<RefundId>(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));

  const auto page = host.read([&](storage::Session session) -> std::optional<RefundStore::Page> {
    if (!PaymentStore(session).state_of(*payment_id)) return std::nullopt;
    return RefundStore(session).page(*payment_id, wanted);
  });
  if (!page) return no_such_payment_response(request);
  return host::page_response("refunds", *page,
                             [](const Refund& refund) { return to_json(refund); });
}

Response show_refund(const host::Host& host, const Request& request) {
  const auto payment_id = host::path_id<PaymentId>(request);
  const auto id = host::path_id<RefundId>(request, "refundId");
  if (!payment_id || !id) return no_such_refund(request);
  const auto refund =
      host.read([&](storage::Session session) { return RefundStore(session).find(*id); });
  if (!refund || refund->payment_id != *payment_id) return no_such_refund(request);
  return host::json_response(200, to_json(*refund));
}

}  // namespace

void add_refund_routes(host::Host& host, const PaymentGateway& gateway, host::KeyAges& ages) {
  constexpr std::string_view refunds = "/v1/payments/{id}/refunds";
  host.route(http::Method::post, refunds, orders::write_scope,
             [&host, &gateway, &ages](Request& request) {
               return post_refund(host, gateway, request, ages);
             });
  host.route(
      http::Method::get, refunds, orders::read_scope,
      [&host](Request& request) -> awaitable<Response> { co_return list_refunds(host, request); });
  host.route(
      http::Method::get, "/v1/payments/{id}/refunds/{refundId}", orders::read_scope,
      [&host](Request& request) -> awaitable<Response> { co_return show_refund(host, request); });
}

}  // namespace orderflow::billing
