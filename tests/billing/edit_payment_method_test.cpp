// What of a dead capture or refund an operator may edit, and what is charged then.
#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_requested.hpp"
#include "books/gateway_key.hpp"
#include "late_gateway.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/operator.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Lines = std::vector<std::string>;
using Reason = events::Refusal::Reason;

const std::string capture_name = "billing.capture";
const std::string one_attempt = R"({"billing": {
  "capture": {"retry": {"attemptsMax": 1}}, "refund": {"retry": {"attemptsMax": 1}}}})";

/// A shop whose gateway gives no answer, and an operator.
class DeadCapture {
 public:
  DeadCapture() : harness(make_module_over(silent(gateway)), one_attempt), operator_(harness) {
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
    REQUIRE(harness.status(capture_name).record.dead == 1);
    seq = event_of(PaymentRequested::kind)->meta().seq.value();
  }

  events::EventPtr event_of(std::string_view kind) {
    for (const auto& event : harness.log()) {
      if (event->kind() == kind) return event;
    }
    throw std::runtime_error("no " + std::string(kind));
  }
  json payload_of(std::string_view kind) { return json::parse(event_of(kind)->payload()); }
  json by_method(const std::string& method) {
    json edited = payload_of(PaymentRequested::kind);
    edited["paymentMethod"] = method;
    return edited;
  }
  /// Why another method is refused.
  std::string refusal() {
    const auto done = operator_.replay(capture_name, seq, by_method("pm_new"));
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().reason == Reason::not_possible);
    return done.error().detail;
  }
  std::string payment() {
    return harness.rows("billing", "SELECT state, payment_method, gateway_key FROM billing_payment")
        .at(0);
  }
  json shown() {
    const auto answer = harness.call(http::Method::get, "/v1/payments?orderId=" + order_id(1)).body;
    return json::parse(answer).at("payments").at(0);
  }
  std::string asked(const std::string& number, const std::string& method) const {
    return order_id(1) + ":" + number + " " + method + " 1999 EUR";
  }
  std::string state_under(const std::string& number, const std::string& method,
                          const std::string& state) const {
    return state + "|" + method + "|" + order_id(1) + ":" + number;
  }

  static LateGateway& silent(LateGateway& gateway) {
    gateway.is_reconciled = false;
    gateway.charge_answer.reset();
    gateway.sure_after = 25h;
    return gateway;
  }

  LateGateway gateway;
  orders::OrderCreated order = sample_order();
  test::ModuleHarness harness;
  test::Operator operator_;
  std::int64_t seq = 0;
};

}  // namespace

TEST_CASE("what a charge is over, and whose it is, is never edited") {
  DeadCapture dead;
  json edited = dead.payload_of(PaymentRequested::kind);
  edited["amount"] = 100;
  edited["currency"] = "USD";
  edited["gatewayKey"] = order_id(1) + ":7";
  edited["paymentId"] = order_id(7);
  const auto refused = dead.operator_.replay(capture_name, dead.seq, edited);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().reason == Reason::not_valid);
  Lines pointers;
  for (const auto& error : refused.error().errors)
    pointers.push_back(error.pointer);
  CHECK(pointers == Lines{"/amount", "/currency", "/gatewayKey", "/paymentId"});
  CHECK(dead.gateway.charges == 1);
}

TEST_CASE("nothing of a refund is edited") {
  DeadCapture dead;
  dead.gateway.charge_answer = Approved{"pi_1"};
  CHECK(dead.operator_.replay(capture_name, dead.seq).has_value());
  dead.harness.run_until_idle();
  dead.gateway.refund_answer.reset();
  const orders::OrderCancelRequested request{
      .order_id = dead.order.order_id, .user_id = dead.order.order.user_id, .reason = ""};
  dead.harness.publish("orders", request.order_id, request);
  dead.harness.run_until_idle();
  REQUIRE(dead.harness.status("billing.refund").record.dead == 1);
  const auto seq = dead.event_of(PaymentRefundRequested::kind)->meta().seq.value();
  const std::vector<std::pair<const char*, json>> edits{{"gatewayReference", "pi_of_another"},
                                                        {"gatewayKey", "another"},
                                                        {"amount", 1},
                                                        {"currency", "USD"},
                                                        {"paymentMethod", "pm_x"},
                                                        {"email", "x@example.com"}};
  for (const auto& [member, value] : edits) {
    const std::string edited_member = member;
    CAPTURE(edited_member);
    json edited = dead.payload_of(PaymentRefundRequested::kind);
    edited[member] = value;
    const auto refused = dead.operator_.replay("billing.refund", seq, edited);
    REQUIRE_FALSE(refused.has_value());
    REQUIRE(refused.error().errors.size() == 1);
    CHECK(refused.error().errors[0].pointer == "/" + edited_member);
  }
}

TEST_CASE("a payment method is not edited while the gateway may still charge under the key") {
  DeadCapture dead;
  dead.harness.advance(25h - 1us);
  const std::string because = dead.refusal();
  CHECK(because.find("asked to charge it under the key " + order_id(1) + ":1") !=
        std::string::npos);
  CHECK(dead.operator_.dry_run(capture_name, dead.seq, dead.by_method("pm_new")).error().reason ==
        Reason::not_possible);
  CHECK(dead.gateway.inquiries == 0);
  CHECK(dead.gateway.charges == 1);
  CHECK(dead.payment() == dead.state_under("1", "sim-approve", "sending"));
}

TEST_CASE("a payment method is not edited where the gateway never forgets") {
  DeadCapture dead;
  dead.gateway.sure_after.reset();
  dead.harness.advance(24h * 365);
  CHECK(dead.refusal().ends_with("it is never sure that it will not."));
}

TEST_CASE("once the gateway has forgotten the key another method is charged, under the next one") {
  DeadCapture dead;
  dead.harness.advance(25h);
  const auto dry = dead.operator_.dry_run(capture_name, dead.seq, dead.by_method("pm_new"));
  REQUIRE(dry.has_value());
  CHECK(dry->error.empty());
  CHECK(dead.gateway.inquiries == 1);
  CHECK(dead.payment() == dead.state_under("1", "sim-approve", "sending"));

  // Paused, so that the node ends between the edit and the charge.
  CHECK(dead.operator_.pause(capture_name).has_value());
  CHECK(dead.operator_.replay(capture_name, dead.seq, dead.by_method("pm_new")).has_value());
  CHECK(dead.payment() == dead.state_under("2", "pm_new", "sending"));
  dead.harness.restart();
  CHECK(dead.operator_.pause(capture_name, false).has_value());
  dead.harness.run_until_idle();
  CHECK(dead.gateway.asked_charges.back() == dead.asked("2", "pm_new"));

  // No answer again. Replayed as it is now, it keeps method and key.
  dead.gateway.charge_answer = Approved{"pi_2"};
  CHECK(dead.operator_.replay(capture_name, dead.seq).has_value());
  dead.harness.run_until_idle();
  CHECK(dead.gateway.asked_charges == Lines{dead.asked("1", "sim-approve"),
                                            dead.asked("2", "pm_new"), dead.asked("2", "pm_new")});
  CHECK(dead.payment() == dead.state_under("2", "pm_new", "captured"));
  CHECK(dead.shown().at("paymentMethod") == "pm_new");
  CHECK(dead.shown().at("gatewayKey") == order_id(1) + ":2");
  const auto processed = dead.harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].status == OrderResult::processed);
  CHECK(processed[0].amount.amount == 1999);
}

TEST_CASE("each attempt restarts the time that must pass before a method is edited") {
  DeadCapture dead;
  dead.harness.advance(24h);
  CHECK(dead.operator_.replay(capture_name, dead.seq).has_value());
  dead.harness.run_until_idle();
  dead.harness.advance(2h);
  dead.refusal();
  dead.harness.advance(23h);
  CHECK(dead.operator_.replay(capture_name, dead.seq, dead.by_method("pm_new")).has_value());
}

TEST_CASE("what the gateway has charged, declined or is at is not charged by another method") {
  const std::vector<std::pair<ChargeResult, const char*>> answers{
      {Approved{"pi_1"}, "has charged it already, as pi_1"},
      {Declined{"expired_card"}, "has declined it already (expired_card)"},
      {Pending{"pi_1"}, "is at it still, as pi_1"}};
  for (const auto& [answer, words] : answers) {
    const std::string expected = words;
    CAPTURE(expected);
    DeadCapture dead;
    dead.harness.advance(25h);
    dead.gateway.charge_found = answer;
    CHECK(dead.refusal().find(expected) != std::string::npos);
    CHECK(dead.payment() == dead.state_under("1", "sim-approve", "sending"));
    CHECK(dead.gateway.charges == 1);
  }
}

TEST_CASE("a payment method is not edited while the gateway cannot be asked what it has charged") {
  DeadCapture dead;
  dead.harness.advance(25h);
  dead.gateway.away = GatewayUnavailable("the circuit of the gateway is open");
  CHECK(dead.refusal().ends_with("the circuit of the gateway is open."));
  dead.gateway.away.reset();
  dead.gateway.refuses = true;
  CHECK(dead.refusal().ends_with("the gateway refuses the request."));
}

TEST_CASE("where nothing was sent another method is charged at once, and nobody is asked before") {
  DeadCapture dead;
  dead.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute(
        "UPDATE billing_payment SET state = 'requested', sent_at = NULL, sendings = 0");
  });
  dead.gateway.charge_answer = Approved{"pi_1"};
  CHECK(dead.operator_.replay(capture_name, dead.seq, dead.by_method("pm_new")).has_value());
  dead.harness.run_until_idle();
  CHECK(dead.gateway.inquiries == 0);
  CHECK(dead.gateway.asked_charges.back() == dead.asked("2", "pm_new"));
  CHECK(dead.payment() == dead.state_under("2", "pm_new", "captured"));
}

TEST_CASE("an edit is refused where something has happened to the payment since it was judged") {
  DeadCapture dead;
  dead.harness.advance(25h);
  const auto edit = dead.operator_.review(capture_name, dead.seq, dead.by_method("pm_new"));
  REQUIRE(edit.has_value());
  dead.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_payment SET updated_at = updated_at + 1");
  });
  const auto refused = dead.operator_.replay(capture_name, dead.seq, std::optional(*edit));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().reason == Reason::not_possible);
  CHECK(refused.error().detail.find("has changed since") != std::string::npos);
  CHECK(dead.payment() == dead.state_under("1", "sim-approve", "sending"));
}

TEST_CASE("a payment that has its answer is not charged by another method") {
  DeadCapture dead;
  dead.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_payment SET state = 'captured'");
  });
  CHECK(dead.refusal().ends_with("It is captured."));
}

TEST_CASE("a method that was edited past the payment's row is never charged") {
  DeadCapture dead;
  dead.gateway.charge_answer = Approved{"pi_1"};
  dead.harness.write("event", [&](events::Turn& turn) {
    turn.db().execute("UPDATE event_delivery SET payload = ?1", dead.by_method("pm_new").dump());
  });
  CHECK(dead.operator_.replay(capture_name, dead.seq).has_value());
  dead.harness.run_to_the_end();
  CHECK(dead.gateway.charges == 1);
  CHECK(dead.harness.status(capture_name).record.dead == 1);
  CHECK(dead.harness.rows("event",
                          "SELECT error LIKE '%is to be charged 1999 EUR by"
                          " ''sim-approve'', and not 1999 EUR by ''pm_new''%'"
                          " FROM event_delivery") == Lines{"1"});

  // The event's own payload is what it was.
  CHECK(dead.operator_.replay(capture_name, dead.seq, dead.payload_of(PaymentRequested::kind))
            .has_value());
  dead.harness.run_until_idle();
  CHECK(dead.payment() == dead.state_under("1", "sim-approve", "captured"));
}

TEST_CASE("a payment that is to be charged over another amount than its row is never charged") {
  DeadCapture dead;
  dead.gateway.charge_answer = Approved{"pi_1"};
  dead.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_payment SET state = 'requested', amount = 5");
  });
  CHECK(dead.operator_.replay(capture_name, dead.seq).has_value());
  dead.harness.run_to_the_end();
  CHECK(dead.gateway.charges == 1);
  CHECK(dead.harness.status(capture_name).record.dead == 1);
}

TEST_CASE("gateway keys of an order follow one another") {
  CHECK(first_gateway_key("order") == "order:1");
  CHECK(next_gateway_key("order:1") == "order:2");
  CHECK(next_gateway_key("order:9") == "order:10");
  CHECK(next_gateway_key("an-old-one") == "an-old-one:2");
  CHECK(is_later_gateway_key("order:10", "order:9"));
  CHECK(is_later_gateway_key("an-old-one:2", "an-old-one"));
  CHECK_FALSE(is_later_gateway_key("order:1", "order:1"));
  CHECK_FALSE(is_later_gateway_key("order:1", "order:2"));
  CHECK_FALSE(is_later_gateway_key("another:2", "order:1"));
  CHECK_FALSE(is_later_gateway_key("order", "order:1"));
}

}  // namespace orderflow::billing
