#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "billing/contract/payment_statement_requested.hpp"
#include "events/log/embedded_schemas.hpp"
#include "events/log/payload.hpp"
#include "sample_order.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <stdexcept>

namespace orderflow::billing {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

bool is_valid(std::string_view kind, int version, const nlohmann::json& document) {
  for (const auto& embedded : events::embedded_schemas()) {
    if (embedded.kind != kind || embedded.version != version) continue;
    const auto text = nlohmann::json::parse(embedded.text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(text), schema);
    return valijson::Validator().validate(schema, NlohmannJsonAdapter(document), nullptr);
  }
  throw std::runtime_error("there is no schema of " + std::string(kind));
}

template <class E>
bool is_valid(const E& event) {
  return is_valid(E::kind, E::version, nlohmann::json(event));
}

template <class E>
void check_round_trip(const E& event) {
  const nlohmann::json document = event;
  CHECK(document.get<E>() == event);
  CHECK(nlohmann::json::parse(events::payload_of(event)) == document);
}

PaymentRequested sample_payment_requested() {
  return {.payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa"),
          .order_id = test::id_of(order_id(1)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
          .amount = test::money(1999),
          .payment_method = "sim-approve",
          .gateway_key = order_id(1) + ":1"};
}

OrderProcessed sample_order_processed(OrderResult status) {
  return {.order_id = test::id_of(order_id(1)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
          .amount = test::money(1999),
          .status = status,
          .reasons = {},
          .payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa")};
}

PaymentRefundRequested sample_refund_requested() {
  return {.payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa"),
          .order_id = test::id_of(order_id(1)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
          .amount = test::money(1999),
          .payment_method = "sim-approve",
          .gateway_reference = "sim_1",
          .gateway_key = order_id(1) + ":refund:1",
          .reason = "bought twice",
          .payment_refund_id = test::id_of<RefundId>("01900000-0000-7000-8000-00000000bbbb")};
}

PaymentRefunded sample_refunded() {
  return {.order_id = test::id_of(order_id(1)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
          .amount = test::money(1999),
          .payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa"),
          .refund_id = "simr_1",
          .payment_refund_id = test::id_of<RefundId>("01900000-0000-7000-8000-00000000bbbb"),
          .remaining_amount = 1};
}

PaymentRefundAbandoned sample_abandoned() {
  return {.order_id = test::id_of(order_id(1)),
          .user_id = core::UserId{"ann"},
          .payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa"),
          .reason = "the buyer has called",
          .payment_refund_id = test::id_of<RefundId>("01900000-0000-7000-8000-00000000bbbb"),
          .amount = test::money(1999),
          .withdraws_cancellation = false};
}

}  // namespace

TEST_CASE("payment.refund_requested fits its schema, with all of its fields and with the fewest") {
  auto event = sample_refund_requested();
  CHECK(is_valid(event));
  check_round_trip(event);
  event.buyer.email.clear();
  event.payment_method.clear();
  event.reason.clear();
  event.payment_refund_id.reset();
  CHECK(is_valid(event));
  check_round_trip(event);
}

TEST_CASE("payment.statement_requested fits its schema, with a dispute and without") {
  PaymentStatementRequested event{.charge_reference = "pi_1",
                                  .dispute = DisputeReport{.reference = "dp_1",
                                                           .amount = test::money(1999),
                                                           .status = "needs_response",
                                                           .reason = "fraudulent",
                                                           .is_withdrawn = true,
                                                           .reported_at = 1'700'000'000}};
  CHECK(is_valid(event));
  check_round_trip(event);
  event.dispute->reason.clear();
  CHECK(is_valid(event));
  check_round_trip(event);
  event.dispute.reset();
  CHECK(is_valid(event));
  check_round_trip(event);
  event.charge_reference = "../../evil?x=";
  CHECK_FALSE(is_valid(event));
}

TEST_CASE("payment.refunded fits its schema, also where nothing was to be paid back") {
  auto event = sample_refunded();
  CHECK(is_valid(event));
  check_round_trip(event);
  event.origin = "gateway";
  CHECK(is_valid(event));
  check_round_trip(event);
  event.origin.clear();
  event.buyer.email.clear();
  event.amount.amount = 0;
  event.payment_refund_id.reset();
  event.remaining_amount = 0;
  CHECK(is_valid(event));
  check_round_trip(event);
}

TEST_CASE("what was published before there were partial refunds reads as it was meant") {
  const nlohmann::json refunded = {{"orderId", order_id(1)}, {"userId", "ann"},
                                   {"currency", "EUR"},      {"amount", 1999},
                                   {"paymentId", "p"},       {"refundId", "simr_1"}};
  CHECK(is_valid("payment.refunded", 1, refunded));
  CHECK(refunded.get<PaymentRefunded>().is_full());
  const nlohmann::json abandoned = {
      {"orderId", order_id(1)}, {"userId", "ann"}, {"paymentId", "p"}, {"reason", "lost"}};
  CHECK(is_valid("payment.refund_abandoned", 1, abandoned));
  CHECK(abandoned.get<PaymentRefundAbandoned>().withdraws_cancellation);
}

TEST_CASE("payment.refund_abandoned fits its schema") {
  const PaymentRefundAbandoned event = sample_abandoned();
  CHECK(is_valid(event));
  check_round_trip(event);
}

TEST_CASE("an abandoned refund of an amount that no schema allows is published with that amount") {
  PaymentRefundAbandoned event = sample_abandoned();
  event.amount = test::money(-1);
  CHECK_FALSE(is_valid(event));
  check_round_trip(event);
}

TEST_CASE("payment.requested fits its schema, with all of its fields and with the fewest") {
  auto event = sample_payment_requested();
  CHECK(is_valid(event));
  check_round_trip(event);
  event.buyer.email.clear();
  event.payment_method.clear();
  CHECK(is_valid(event));
  check_round_trip(event);
}

TEST_CASE("order.processed fits its schema with every result") {
  for (const OrderResult status : {OrderResult::processed, OrderResult::canceled_fraud,
                                   OrderResult::payment_declined, OrderResult::canceled}) {
    CAPTURE(to_string(status));
    auto event = sample_order_processed(status);
    CHECK(is_valid(event));
    check_round_trip(event);
    event.reasons = {"order_rate_above_limit", "user_blocked"};
    CHECK(is_valid(event));
    check_round_trip(event);
    event.buyer.email.clear();
    event.payment_id.reset();
    event.amount.amount = 0;
    CHECK(is_valid(event));
    check_round_trip(event);
  }
}

TEST_CASE("the schemas refuse a payload without a required field, and one with a further field") {
  const auto check_bites = [](std::string_view kind, const nlohmann::json& document,
                              const std::vector<std::string>& required) {
    REQUIRE(is_valid(kind, 1, document));
    for (const std::string& field : required) {
      CAPTURE(field);
      auto incomplete = document;
      incomplete.erase(field);
      CHECK_FALSE(is_valid(kind, 1, incomplete));
    }
    auto further = document;
    further["surprise"] = 1;
    CHECK_FALSE(is_valid(kind, 1, further));
  };
  check_bites("payment.requested", sample_payment_requested(),
              {"paymentId", "orderId", "userId", "currency", "amount", "gatewayKey"});
  check_bites(
      "payment.refund_requested", sample_refund_requested(),
      {"paymentId", "orderId", "userId", "currency", "amount", "gatewayReference", "gatewayKey"});
  check_bites("payment.refund_abandoned", sample_abandoned(),
              {"orderId", "userId", "paymentId", "reason"});
  check_bites("payment.refunded", sample_refunded(),
              {"orderId", "userId", "currency", "amount", "paymentId", "refundId"});
  check_bites("order.processed", sample_order_processed(OrderResult::processed),
              {"orderId", "userId", "currency", "amount", "status"});
}

TEST_CASE("an unknown result of an order cannot be read") {
  nlohmann::json document = sample_order_processed(OrderResult::processed);
  document["status"] = "LOST";
  CHECK_FALSE(is_valid("order.processed", 1, document));
  CHECK_THROWS_AS(document.get<OrderProcessed>(), std::invalid_argument);
}

}  // namespace orderflow::billing
