#include "routes.hpp"

#include "books/dispute_store.hpp"
#include "books/payment_store.hpp"
#include "books/shown_state.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "orders/contract/scopes.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::billing {
namespace {

/// A captured payment of which something is on its way back is shown as such.
std::string status_of(const Payment& payment) {
  return payment.refunding_amount > 0 ? "REFUNDING" : shown(to_string(payment.state));
}

nlohmann::json document_of(const Payment& payment) {
  nlohmann::json document = {{"id", payment.id.value().to_string()},
                             {"orderId", payment.order_id.value().to_string()},
                             {"userId", payment.buyer.user_id.value()},
                             {"amount", payment.amount.amount},
                             {"currency", payment.amount.currency.code()},
                             {"status", status_of(payment)},
                             {"gatewayKey", payment.gateway_key},
                             {"attempts", payment.attempts},
                             {"createdAt", core::to_rfc3339(payment.created_at)},
                             {"updatedAt", core::to_rfc3339(payment.updated_at)}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) document[name] = text;
  };
  add("paymentMethod", payment.payment_method);
  add("gatewayReference", payment.gateway_reference);
  add("declineCode", payment.decline_code);
  add("lastError", payment.last_error);
  if (payment.cancel_requested) document["cancelRequested"] = true;
  add("cancelReason", payment.cancel_reason);
  if (payment.state == PaymentState::captured || payment.state == PaymentState::refunded) {
    document["refundedAmount"] = payment.refunded_amount;
    document["refundingAmount"] = payment.refunding_amount;
    document["refunds"] = "/v1/payments/" + payment.id.value().to_string() + "/refunds";
  }
  if (payment.disputed_amount > 0) document["disputedAmount"] = payment.disputed_amount;
  return document;
}

nlohmann::json document_of(const Dispute& dispute) {
  nlohmann::json document = {{"reference", dispute.report.reference},
                             {"amount", dispute.report.amount.amount},
                             {"currency", dispute.report.amount.currency.code()},
                             {"status", dispute.report.status},
                             {"withdrawn", dispute.report.is_withdrawn},
                             {"createdAt", core::to_rfc3339(dispute.created_at)},
                             {"updatedAt", core::to_rfc3339(dispute.updated_at)}};
  if (!dispute.report.reason.empty()) document["reason"] = dispute.report.reason;
  return document;
}

/// A payment as it is shown alone: with the disputes that it has or had.
std::optional<nlohmann::json> whole_document_of(storage::Session session, PaymentId id) {
  const auto payment = PaymentStore(session).find(id);
  if (!payment) return std::nullopt;
  nlohmann::json document = document_of(*payment);
  for (const Dispute& dispute : DisputeStore(session).of(id))
    document["disputes"].push_back(document_of(dispute));
  return document;
}

http::Response list_payments(const host::Host& host, const http::Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"orderId", "limit", "after"}, errors);
  const auto order_id = host::id_parameter<OrderId>(request, "orderId", errors);
  const auto wanted = host::page_request<PaymentId>(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));

  const auto page = host.read(
      [&](storage::Session session) { return PaymentStore(session).page(order_id, wanted); });
  return host::page_response("payments", page,
                             [](const Payment& payment) { return document_of(payment); });
}

http::Response show_payment(const host::Host& host, const http::Request& request) {
  if (const auto id = host::path_id<PaymentId>(request)) {
    const auto document =
        host.read([&](storage::Session session) { return whole_document_of(session, *id); });
    if (document) return host::json_response(200, *document);
  }
  return no_such_payment_response(request);
}

}  // namespace

http::Response no_such_payment_response(const http::Request& request) {
  const http::Problem problem{404, "payment-not-found", "There is no such payment",
                              "There is no payment " + std::string(request.path_value("id")) + "."};
  return http::problem_response(request, problem);
}

void add_routes(host::Host& host) {
  using Answer = boost::asio::awaitable<http::Response>;
  host.route(http::Method::get, "/v1/payments", orders::read_scope,
             [&host](http::Request& request) -> Answer { co_return list_payments(host, request); });
  host.route(http::Method::get, "/v1/payments/{id}", orders::read_scope,
             [&host](http::Request& request) -> Answer { co_return show_payment(host, request); });
}

}  // namespace orderflow::billing
