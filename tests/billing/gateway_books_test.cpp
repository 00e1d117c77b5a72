// What the shop and the banks do at the gateway by themselves, and what our books make of it.
#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "billing/contract/payment_statement_requested.hpp"
#include "gateway_events/gateway_event.hpp"
#include "late_gateway.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "settling/settle_refund.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Rows = std::vector<std::string>;

constexpr const char* patient = R"({"billing": {"reconcile": {"everyMs": 86400000},
  "capture": {"retry": {"attemptsMax": 1}}}})";

core::Money euros(std::int64_t cents) {
  return {cents, *core::Currency::parse("EUR")};
}

/// A payment over 1999, as it stands at the gateway and here.
class Dashboard {
 public:
  explicit Dashboard(std::optional<ChargeResult> charged = Approved{"pi_1"})
      : harness(make_module_over(gateway), patient) {
    gateway.charge_answer = std::move(charged);
    gateway.refund_answer.reset();
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
    gateway.statement = ChargeStatement{.charge_reference = "pi_1",
                                        .payment_id = payment_id(),
                                        .captured = euros(1999),
                                        .refunds = {}};
  }

  std::string payment_id() {
    return harness.published<PaymentRequested>().at(0).payment_id.value().to_string();
  }
  GatewayRefund& at_gateway(const std::string& reference, std::int64_t cents, RefundResult result,
                            const std::string& key = {}) {
    return gateway.statement->refunds.emplace_back(GatewayRefund{.reference = reference,
                                                                 .idempotency_key = key,
                                                                 .amount = euros(cents),
                                                                 .reason = "requested_by_customer",
                                                                 .result = std::move(result)});
  }
  void made_there(const std::string& reference, std::int64_t cents, const std::string& key = {}) {
    at_gateway(reference, cents, RefundMade{reference}, key);
  }
  void hint(std::optional<DisputeReport> dispute = {}) {
    const PaymentStatementRequested requested{.charge_reference = "pi_1",
                                              .dispute = std::move(dispute)};
    harness.publish("billing", "pi_1", requested);
    harness.run_until_idle();
  }
  void send_event(const std::string& id, const std::string& type, const json& object) {
    const auto event = read_gateway_event(
        {{"id", id}, {"type", type}, {"created", 1'700'000'000}, {"data", {{"object", object}}}});
    REQUIRE(event);
    harness.write("billing",
                  [&](events::Turn& turn) { take_gateway_event(gateway, *event, turn); });
    harness.run_until_idle();
  }
  /// Asks for a refund here; its key.
  std::string ask(std::int64_t cents) {
    const auto response =
        harness.call(http::Method::post, "/v1/payments/" + payment_id() + "/refunds",
                     json{{"amount", cents}}.dump());
    REQUIRE(response.status == 201);
    harness.run_until_idle();
    return json::parse(response.body)["gatewayKey"];
  }
  void cancel() {
    harness.publish("orders", order.order_id,
                    orders::OrderCancelRequested{
                        .order_id = order.order_id, .user_id = order.order.user_id, .reason = ""});
    harness.run_until_idle();
  }
  Rows refunds() {
    return harness.rows("billing",
                        "SELECT origin, state, amount, gateway_reference FROM billing_refund"
                        " ORDER BY origin DESC, amount, gateway_reference");
  }
  /// State, what was paid back and what is promised.
  std::string payment() {
    return harness
        .rows("billing", "SELECT state, refunded_amount, refunding_amount FROM billing_payment")
        .at(0);
  }
  Rows unbooked() {
    return harness.rows("billing", "SELECT subject, reference FROM billing_unbooked");
  }
  json shown() {
    const auto response = harness.call(http::Method::get, "/v1/payments/" + payment_id());
    return json::parse(response.body);
  }
  std::vector<PaymentRefunded> refunds_published() { return harness.published<PaymentRefunded>(); }

  LateGateway gateway;
  orders::OrderCreated order = sample_order();
  test::ModuleHarness harness;
};

DisputeReport dispute(const std::string& status, bool is_withdrawn, std::int64_t reported_at) {
  return {.reference = "dp_1",
          .amount = test::money(1999),
          .status = status,
          .reason = "product_not_received",
          .is_withdrawn = is_withdrawn,
          .reported_at = reported_at};
}

json charge_of(const std::string& payment_id, std::int64_t refunded) {
  return {{"object", "charge"},
          {"id", "ch_1"},
          {"payment_intent", "pi_1"},
          {"amount", 1999},
          {"amount_refunded", refunded},
          {"currency", "eur"},
          {"metadata", {{"payment_id", payment_id}}}};
}

json refund_object(const std::string& id, std::int64_t amount, const std::string& status) {
  return {{"object", "refund"}, {"id", id},         {"payment_intent", "pi_1"},  {"amount", amount},
          {"currency", "eur"},  {"status", status}, {"metadata", json::object()}};
}

}  // namespace

TEST_CASE("what the shop pays back at the gateway is booked once, however often it is reported") {
  Dashboard shop;
  shop.made_there("re_7", 500);
  shop.send_event("evt_1", "charge.refunded", charge_of(shop.payment_id(), 500));
  CHECK(shop.payment() == "captured|500|0");
  shop.send_event("evt_2", "refund.created", refund_object("re_7", 500, "succeeded"));
  shop.send_event("evt_3", "refund.updated", refund_object("re_7", 500, "succeeded"));
  shop.send_event("evt_4", "charge.refunded", charge_of(shop.payment_id(), 500));
  CHECK(shop.gateway.statements == 4);
  CHECK(shop.refunds() == Rows{"gateway|made|500|re_7"});
  CHECK(shop.payment() == "captured|500|0");
  REQUIRE(shop.refunds_published().size() == 1);
  CHECK(shop.refunds_published()[0].origin == "gateway");
  CHECK(shop.refunds_published()[0].refund_id == "re_7");
  CHECK(shop.refunds_published()[0].remaining_amount == 1499);
  const auto listed =
      shop.harness.call(http::Method::get, "/v1/payments/" + shop.payment_id() + "/refunds");
  const json refund = json::parse(listed.body)["refunds"].at(0);
  CHECK(refund["origin"] == "gateway");
  CHECK(refund["reason"] == "requested_by_customer");
  CHECK(shop.unbooked().empty());
}

TEST_CASE("a payment that the shop has paid back in full there is refunded") {
  Dashboard shop;
  shop.made_there("re_7", 500);
  shop.hint();
  shop.made_there("re_8", 1499);
  shop.hint();
  CHECK(shop.payment() == "refunded|1999|0");
  REQUIRE(shop.refunds_published().size() == 2);
  CHECK(shop.refunds_published()[1].is_full());
  shop.hint();
  CHECK(shop.refunds_published().size() == 2);
}

TEST_CASE(
    "a refund of ours whose answer is missing is distinguished from the shop's, and each is booked "
    "once") {
  Dashboard shop;
  const std::string key = shop.ask(300);
  CHECK(shop.payment() == "captured|0|300");
  shop.made_there("re_1", 300, key);
  shop.made_there("re_7", 500);
  shop.hint();
  CHECK(shop.payment() == "captured|800|0");
  CHECK(shop.refunds() == Rows{"orderflow|made|300|re_1", "gateway|made|500|re_7"});
  shop.gateway.refund_answer = RefundMade{"re_1"};
  shop.harness.advance(1h);
  CHECK(shop.payment() == "captured|800|0");
  CHECK(shop.refunds_published().size() == 2);
}

TEST_CASE("a refund of ours that the gateway does not know yet stays promised beside the shop's") {
  Dashboard shop;
  shop.ask(300);
  shop.made_there("re_7", 1699);
  shop.hint();
  CHECK(shop.payment() == "captured|1699|300");
  shop.gateway.refund_answer = RefundMade{"re_1"};
  shop.harness.advance(1h);
  CHECK(shop.payment() == "refunded|1999|0");
}

TEST_CASE("a promised refund for which the shop has left too little is given up") {
  Dashboard shop;
  shop.ask(1999);
  CHECK(shop.payment() == "captured|0|1999");
  shop.made_there("re_7", 1000);
  shop.hint();
  CHECK(shop.payment() == "captured|1000|0");
  CHECK(shop.refunds() == Rows{"orderflow|abandoned|1999|", "gateway|made|1000|re_7"});
  const auto abandoned = shop.harness.published<PaymentRefundAbandoned>();
  REQUIRE(abandoned.size() == 1);
  CHECK_FALSE(abandoned[0].withdraws_cancellation);
  shop.gateway.refund_answer = RefundRefused{"charge_already_refunded"};
  shop.harness.advance(1h);
  CHECK(shop.payment() == "captured|1000|0");
  CHECK(shop.unbooked().empty());
}

TEST_CASE("of several promised refunds the newest are given up, and what still fits stays") {
  Dashboard shop;
  shop.ask(300);
  shop.ask(400);
  shop.ask(500);
  shop.made_there("re_7", 1200);
  shop.hint();
  CHECK(shop.payment() == "captured|1200|700");
  CHECK(shop.refunds() == Rows{"orderflow|requested|300|", "orderflow|requested|400|",
                               "orderflow|abandoned|500|", "gateway|made|1200|re_7"});
}

TEST_CASE(
    "a refund of the shop's that the gateway is still at is promised, then made or free again") {
  for (const bool succeeds : {true, false}) {
    CAPTURE(succeeds);
    Dashboard shop;
    shop.at_gateway("re_7", 500, RefundPending{"re_7"});
    shop.hint();
    CHECK(shop.payment() == "captured|0|500");
    CHECK(shop.refunds_published().empty());
    RefundResult& result = shop.gateway.statement->refunds[0].result;
    if (succeeds) {
      result = RefundMade{"re_7"};
    } else {
      result = RefundRefused{"lost_or_stolen_card"};
    }
    shop.hint();
    shop.hint();
    CHECK(shop.payment() == (succeeds ? "captured|500|0" : "captured|0|0"));
    CHECK(shop.refunds() == Rows{succeeds ? "gateway|made|500|re_7" : "gateway|refused|500|re_7"});
    CHECK(shop.refunds_published().size() == (succeeds ? 1 : 0));
    CHECK(shop.harness.published<PaymentRefundAbandoned>().empty());
  }
}

TEST_CASE("a refund of the shop's whose end is not reported is settled by the reconciliation") {
  Dashboard shop;
  shop.at_gateway("re_7", 500, RefundPending{"re_7"});
  shop.hint();
  shop.gateway.statement->refunds[0].result = RefundMade{"re_7"};
  shop.harness.advance(25h);
  CHECK(shop.payment() == "captured|500|0");
  CHECK(shop.refunds_published().size() == 1);
}

TEST_CASE("a refund that failed before it was reported is not booked") {
  Dashboard shop;
  shop.at_gateway("re_7", 500, RefundRefused{"declined"});
  shop.hint();
  CHECK(shop.refunds().empty());
  CHECK(shop.unbooked().empty());
}

TEST_CASE("what cannot be booked is kept for a person, until the gateway's books fit ours") {
  Dashboard shop;
  SUBCASE("more than was charged") {
    shop.made_there("re_7", 2000);
  }
  SUBCASE("another currency") {
    shop.made_there("re_7", 500);
    shop.gateway.statement->refunds[0].amount = core::Money{500, *core::Currency::parse("USD")};
  }
  SUBCASE("an amount that we cannot hold") {
    shop.made_there("re_7", 500);
    shop.gateway.statement->refunds[0].amount.reset();
  }
  SUBCASE("a refund of ours over another amount") {
    const std::string key = shop.ask(300);
    shop.made_there("re_7", 301, key);
  }
  const std::string before = shop.payment();
  shop.hint();
  shop.hint();
  CHECK(shop.unbooked() == Rows{"refund|re_7"});
  CHECK(shop.payment() == before);
  CHECK(shop.refunds_published().empty());
  shop.gateway.statement->refunds.clear();
  shop.hint();
  CHECK(shop.unbooked().empty());
}

TEST_CASE("a payment whose answer was lost is captured before its refunds are booked") {
  Dashboard shop(std::nullopt);
  CHECK(shop.payment() == "sending|0|0");
  shop.made_there("re_7", 500);
  shop.hint();
  CHECK(shop.payment() == "captured|500|0");
  REQUIRE(shop.harness.published<OrderProcessed>().size() == 1);
  CHECK(shop.harness.published<OrderProcessed>()[0].status == OrderResult::processed);
}

TEST_CASE("a charge for nothing is kept for a person until the shop has paid it back there") {
  Dashboard shop(Declined{"card_declined"});
  shop.hint();
  CHECK(shop.unbooked() == Rows{"charge|pi_1"});
  shop.made_there("re_7", 1000);
  shop.hint();
  CHECK(shop.unbooked() == Rows{"charge|pi_1"});
  shop.made_there("re_8", 999);
  shop.hint();
  CHECK(shop.unbooked().empty());
  CHECK(shop.payment() == "declined|0|0");
  CHECK(shop.refunds().empty());
}

TEST_CASE(
    "refunds of an unknown payment cannot be booked, and those of other systems are ignored") {
  Dashboard shop;
  shop.made_there("re_7", 500);
  shop.gateway.statement->payment_id.clear();
  shop.hint();
  CHECK(shop.unbooked().empty());
  shop.gateway.statement->payment_id = "01900000-0000-7000-8000-00000000dddd";
  shop.hint();
  CHECK(shop.unbooked() == Rows{"charge|pi_1"});
  CHECK(shop.payment() == "captured|0|0");
}

TEST_CASE("a refund that was given up here and made there is booked after all") {
  Dashboard shop;
  const std::string key = shop.ask(1999);
  shop.made_there("re_7", 1000);
  shop.hint();
  REQUIRE(shop.refunds().at(0) == "orderflow|abandoned|1999|");
  shop.harness.write("billing",
                     [&](events::Turn& turn) { settle_refund(turn, key, RefundMade{"re_1"}); });
  CHECK(shop.unbooked() == Rows{"refund|re_1"});
  CHECK(shop.payment() == "captured|1000|0");

  Dashboard other;
  const std::string asked = other.ask(300);
  other.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_refund SET state = 'abandoned'");
    turn.db().execute("UPDATE billing_payment SET refunding_amount = 0");
  });
  other.made_there("re_1", 300, asked);
  other.hint();
  CHECK(other.payment() == "captured|300|0");
  CHECK(other.refunds() == Rows{"orderflow|made|300|re_1"});
}

TEST_CASE("a refund that is refused has what the shop did there read, without any event") {
  Dashboard shop;
  shop.made_there("re_7", 1999);
  shop.gateway.refund_answer = RefundRefused{"charge_already_refunded"};
  shop.ask(300);
  CHECK(shop.gateway.statements == 1);
  CHECK(shop.payment() == "refunded|1999|0");
  CHECK(shop.refunds() == Rows{"orderflow|refused|300|", "gateway|made|1999|re_7"});
}

TEST_CASE("a gateway that is away has its books read when it is back") {
  Dashboard shop;
  shop.made_there("re_7", 500);
  shop.gateway.away.emplace("away", shop.harness.clock.now() + 10min);
  shop.hint();
  CHECK(shop.payment() == "captured|0|0");
  shop.gateway.away.reset();
  shop.harness.advance(10min);
  CHECK(shop.payment() == "captured|500|0");
}

TEST_CASE("money that a bank takes back is shown, and given back where the dispute is won") {
  Dashboard shop;
  shop.hint(dispute("needs_response", true, 10));
  CHECK(shop.shown()["disputedAmount"] == 1999);
  CHECK(shop.shown()["disputes"].at(0)["status"] == "needs_response");
  CHECK(shop.payment() == "captured|0|0");
  shop.hint(dispute("won", false, 30));
  CHECK_FALSE(shop.shown().contains("disputedAmount"));
  CHECK(shop.shown()["disputes"].at(0)["status"] == "won");
  shop.hint(dispute("under_review", true, 20));
  CHECK_FALSE(shop.shown().contains("disputedAmount"));
  CHECK(shop.shown()["disputes"].size() == 1);
  CHECK(shop.refunds_published().empty());
  CHECK(shop.unbooked().empty());
}

TEST_CASE("a dispute over more than the payment, or in another currency, is kept for a person") {
  Dashboard shop;
  DisputeReport report = dispute("lost", true, 10);
  SUBCASE("more") {
    report.amount.amount = 2000;
  }
  SUBCASE("another currency") {
    report.amount.currency = core::Currency::parse("USD").value();
  }
  shop.hint(report);
  CHECK(shop.unbooked() == Rows{"dispute|dp_1"});
  CHECK_FALSE(shop.shown().contains("disputedAmount"));
  shop.hint(dispute("lost", true, 11));
  CHECK(shop.unbooked().empty());
  CHECK(shop.shown()["disputedAmount"] == 1999);
}

TEST_CASE("an event of a dispute shows whether the bank has the money") {
  const json object = {{"object", "dispute"}, {"id", "dp_1"},          {"payment_intent", "pi_1"},
                       {"amount", 1999},      {"currency", "eur"},     {"status", "needs_response"},
                       {"charge", "ch_1"},    {"reason", "fraudulent"}};
  Dashboard shop;
  const auto send_event = [&](const std::string& id, const std::string& type, const char* status) {
    json changed = object;
    changed["status"] = status;
    shop.send_event(id, "charge.dispute." + type, changed);
    return shop.shown().contains("disputedAmount");
  };
  CHECK_FALSE(send_event("evt_1", "created", "warning_needs_response"));
  CHECK(send_event("evt_2", "created", "needs_response"));
  CHECK(send_event("evt_3", "funds_withdrawn", "needs_response"));
  CHECK(send_event("evt_4", "updated", "under_review"));
  CHECK(send_event("evt_5", "closed", "lost"));
  CHECK_FALSE(send_event("evt_6", "closed", "won"));
  CHECK_FALSE(send_event("evt_7", "funds_reinstated", "won"));
  CHECK(shop.shown()["disputes"].size() == 1);
}

TEST_CASE("a charge of others, and one without an intent, has no statement read") {
  Dashboard shop;
  shop.send_event("evt_1", "charge.refunded", charge_of("", 500));
  json without = charge_of(shop.payment_id(), 500);
  without["payment_intent"] = nullptr;
  shop.send_event("evt_2", "charge.refunded", without);
  CHECK(shop.gateway.statements == 0);
}

TEST_CASE("an event about a charge or refund of ours that does not fit is kept for a person") {
  Dashboard shop;
  const json intent = {{"object", "payment_intent"},
                       {"id", "pi_1"},
                       {"status", "succeeded"},
                       {"amount", 1998},
                       {"amount_received", 1998},
                       {"currency", "eur"},
                       {"metadata", {{"payment_id", shop.payment_id()}}}};
  shop.send_event("evt_1", "payment_intent.succeeded", intent);
  CHECK(shop.unbooked() == Rows{"charge|pi_1"});
  json refund = refund_object("re_1", 301, "succeeded");
  refund["metadata"]["refund_key"] = shop.ask(300);
  shop.send_event("evt_2", "refund.updated", refund);
  CHECK(shop.unbooked() == Rows{"charge|pi_1", "refund|re_1"});
}

TEST_CASE(
    "a cancellation after another node has paid back a part is settled by the gateway's books") {
  // The other node had the same order, and so the same first key; this one knows nothing of it.
  Dashboard shop;
  const std::string key = order_id(1) + ":refund:1";
  shop.made_there("re_7", 500, key);
  std::string own = "orderflow|abandoned|1999|";
  SUBCASE("the gateway answers that the key is taken") {
    shop.gateway.refund_answers = {RefundKeyTaken{}, RefundMade{"re_8"}};
  }
  SUBCASE("the gateway has forgotten the key, and answers that too little is left") {
    shop.gateway.refund_answers = {RefundRefused{"amount_not_accepted"}, RefundMade{"re_8"}};
    own = "orderflow|refused|1999|";
  }
  shop.cancel();
  CHECK(shop.refunds() == Rows{"orderflow|made|500|re_7", "orderflow|made|1499|re_8", own});
  CHECK(shop.payment() == "refunded|1999|0");
  CHECK(shop.refunds_published().back().is_full());
  CHECK(shop.harness.status("billing.refund").record.dead == 0);
  CHECK(shop.unbooked().empty());
  CHECK(shop.gateway.refunds.back().idempotency_key != key);
}

TEST_CASE("a refund whose key another node has used continues under the next key") {
  Dashboard shop;
  const std::string taken = order_id(1) + ":refund:1";
  shop.made_there("re_7", 500, taken);
  shop.gateway.refund_answers = {RefundKeyTaken{}, RefundMade{"re_8"}};
  CHECK(shop.ask(300) == taken);
  CHECK(shop.refunds() == Rows{"orderflow|made|300|re_8", "orderflow|made|500|re_7"});
  CHECK(shop.gateway.refunds.back().idempotency_key == order_id(1) + ":refund:2");
  CHECK_FALSE(shop.gateway.refunds.back().resumed);
  CHECK(shop.payment() == "captured|800|0");
}

TEST_CASE(
    "a message whose refund continues under another key is superseded when it arrives again") {
  Dashboard shop;
  SUBCASE("the old key stands for nothing here") {}
  SUBCASE("the old key stands for another node's refund") {
    shop.made_there("re_7", 500, order_id(1) + ":refund:1");
  }
  shop.gateway.refund_answers = {RefundKeyTaken{}, RefundMade{"re_8"}};
  shop.ask(300);
  const auto old = shop.harness.published<PaymentRefundRequested>().at(0);
  const auto asked = shop.gateway.refunds.size();
  shop.harness.publish("billing", shop.order.order_id, old);
  shop.harness.run_to_the_end();
  CHECK(shop.harness.status("billing.refund").record.dead == 0);
  CHECK(shop.gateway.refunds.size() == asked);
}

TEST_CASE("a key under which the gateway has kept an error is not used again") {
  Dashboard shop;
  shop.gateway.refund_answers = {RefundKeyTaken{}, RefundMade{"re_8"}};
  shop.ask(300);
  CHECK(shop.refunds() == Rows{"orderflow|made|300|re_8"});
  CHECK(shop.payment() == "captured|300|0");
}

TEST_CASE("a cancellation continues where an event first reports what the shop has paid back") {
  Dashboard shop;
  shop.cancel();
  shop.made_there("re_7", 500);
  shop.hint();
  CHECK(shop.refunds() ==
        Rows{"orderflow|requested|1499|", "orderflow|abandoned|1999|", "gateway|made|500|re_7"});
  shop.gateway.refund_answer = RefundMade{"re_8"};
  shop.harness.advance(1h);
  CHECK(shop.payment() == "refunded|1999|0");
}

TEST_CASE("a cancellation continues with what the shop has left at the gateway") {
  Dashboard shop;
  shop.gateway.refund_answers = {RefundRefused{"amount_not_accepted"}, RefundMade{"re_8"}};
  shop.made_there("re_7", 500);
  shop.cancel();
  CHECK(shop.refunds() ==
        Rows{"orderflow|made|1499|re_8", "orderflow|refused|1999|", "gateway|made|500|re_7"});
  CHECK(shop.payment() == "refunded|1999|0");
}

}  // namespace orderflow::billing
