// What is made of a refund's answers: how old a key is, when a refusal is believed, and what the
// gateway cannot hold.
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "events/operations/operations.hpp"
#include "late_gateway.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* few_attempts = R"({"billing": {
  "reconcile": {"everyMs": 86400000, "olderThanMs": 86400000},
  "capture": {"retry": {"attemptsMax": 3, "firstDelayMs": 1, "delayMaxMs": 1}},
  "refund": {"retry": {"attemptsMax": 2, "firstDelayMs": 1, "delayMaxMs": 1}}}})";

/// A payment that was captured by a gateway that answers as the test scripts it.
class Counter {
 public:
  explicit Counter(std::int64_t amount = 5000, const std::string& currency = "EUR")
      : harness(make_module_over(gateway), few_attempts) {
    gateway.charge_answer = Approved{"pi_1"};
    gateway.refund_answer = RefundMade{"re_1"};
    auto order = sample_order();
    order.order.total.amount = amount;
    order.order.total.currency = core::Currency::parse(currency).value();
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
    payment_id = get("/v1/payments")["payments"][0]["id"];
  }

  std::string refunds_path() const { return "/v1/payments/" + payment_id + "/refunds"; }
  http::Response post(const json& body) {
    auto response = harness.call(http::Method::post, refunds_path(), body.dump());
    harness.run_until_idle();
    return response;
  }
  json get(const std::string& at) {
    const auto response = harness.call(http::Method::get, at);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
  json payment() { return get("/v1/payments/" + payment_id); }
  json newest_refund() { return get(refunds_path())["refunds"][0]; }
  void cancel() {
    harness.publish(
        "orders", order_id(1),
        orders::OrderCancelRequested{
            .order_id = test::id_of(order_id(1)), .user_id = core::UserId{"ann"}, .reason = "no"});
    harness.run_until_idle();
  }
  std::int64_t dead() { return harness.status("billing.refund").record.dead; }
  void discard_dead() {
    const auto rows =
        harness.rows(events::event_owner, "SELECT seq FROM event_delivery WHERE state = 'dead'");
    REQUIRE(rows.size() == 1);
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const events::DeadLetterId id{"billing.refund", events::Seq{std::stoll(rows[0])}};
      REQUIRE(harness.node()
                  .dispatcher()
                  .operations()
                  .discard(turn.db().connection(), events::Actor{"ada", "call-1"}, id, "no")
                  .has_value());
    });
    harness.run_until_idle();
  }

  LateGateway gateway;
  test::ModuleHarness harness;
  std::string payment_id;
};

}  // namespace

TEST_CASE("a refund that is asked for again is as old as its first sending, and looked up first") {
  Counter counter;
  counter.gateway.refund_answer.reset();
  REQUIRE(counter.post({{"amount", 1000}}).status == 201);
  counter.harness.run_to_the_end();
  REQUIRE(counter.gateway.refunds.size() == 2);
  const core::Timestamp first = counter.gateway.refunds[0].key_since;
  CHECK_FALSE(counter.gateway.refunds[0].resumed);
  CHECK(counter.gateway.refunds[1].resumed);
  counter.discard_dead();

  counter.harness.advance(30h);
  counter.gateway.refund_answer = RefundMade{"re_1"};
  REQUIRE(counter.post({{"amount", 1000}}).status == 201);
  REQUIRE(counter.gateway.refunds.size() == 3);
  CHECK(counter.gateway.refunds[2].idempotency_key == counter.gateway.refunds[0].idempotency_key);
  CHECK(counter.gateway.refunds[2].attempt == 1);
  CHECK(counter.gateway.refunds[2].resumed);
  CHECK(counter.gateway.refunds[2].key_since == first);
}

TEST_CASE("a refund that was never sent is not looked up when it is asked for again") {
  Counter counter;
  counter.gateway.refund_answer.reset();
  REQUIRE(counter.post({{"amount", 1000}}).status == 201);
  // Behind the one that fails, and never begun.
  REQUIRE(counter.post({{"amount", 900}}).status == 201);
  counter.harness.run_to_the_end();
  counter.discard_dead();
  counter.gateway.refund_answer = RefundMade{"re_2"};
  counter.harness.run_to_the_end();
  const auto sent = std::ranges::find(counter.gateway.refunds, 900,
                                      [](const auto& refund) { return refund.amount.amount; });
  REQUIRE(sent != counter.gateway.refunds.end());
  CHECK_FALSE(sent->resumed);
}

TEST_CASE("a refund that the gateway refuses after an attempt without an answer is looked up") {
  Counter counter;
  counter.gateway.refund_answer.reset();
  REQUIRE(counter.post({{"amount", 5000}}).status == 201);
  counter.gateway.refund_answer = RefundRefused{"amount_not_accepted"};

  SUBCASE("it may have been this very refund") {
    counter.gateway.refund_found = RefundMade{"re_1"};
    counter.harness.run_to_the_end();
    CHECK(counter.newest_refund()["status"] == "MADE");
    CHECK(counter.payment()["status"] == "REFUNDED");
  }
  SUBCASE("where the books have none, it is refused") {
    counter.harness.run_to_the_end();
    CHECK(counter.newest_refund()["status"] == "REFUSED");
    CHECK(counter.payment()["refundedAmount"] == 0);
  }
  CHECK(counter.gateway.inquiries == 1);
}

TEST_CASE("a refund that is refused at its first sending is refused without a look-up") {
  Counter counter;
  counter.gateway.refund_answer = RefundRefused{"amount_not_accepted"};
  REQUIRE(counter.post({{"amount", 5000}}).status == 201);
  CHECK(counter.newest_refund()["status"] == "REFUSED");
  CHECK(counter.gateway.inquiries == 0);
}

TEST_CASE("a refund whose attempt a crash cut off is looked up before a refusal is believed") {
  Counter counter;
  counter.gateway.hangs = true;
  REQUIRE(counter.post({{"amount", 5000}}).status == 201);
  counter.gateway.hangs = false;
  counter.gateway.refund_answer = RefundRefused{"amount_not_accepted"};
  counter.gateway.refund_found = RefundMade{"re_1"};
  counter.harness.restart();
  counter.harness.run_until_idle();
  CHECK(counter.gateway.refunds.back().attempt == 1);
  CHECK(counter.payment()["status"] == "REFUNDED");
}

TEST_CASE("a charge that is declined after an attempt without an answer is looked up") {
  LateGateway gateway;
  gateway.charge_answer.reset();
  test::ModuleHarness harness(make_module_over(gateway), few_attempts);
  const auto order = sample_order();
  harness.publish("orders", order.order_id, order);
  harness.run_until_idle();
  gateway.charge_answer = Declined{"card_declined"};
  std::string state = "declined";
  SUBCASE("it may have been charged unheard") {
    gateway.charge_found = Approved{"pi_1"};
    state = "captured";
  }
  SUBCASE("where the books have none, it is declined") {}
  harness.run_to_the_end();
  CHECK(harness.rows("billing", "SELECT state FROM billing_payment").at(0) == state);
  CHECK(gateway.inquiries == 1);
}

TEST_CASE("an amount that the gateway cannot hold is refused where it is asked for") {
  Counter counter(10'000, "KWD");
  counter.gateway.step = 10;
  const auto response = counter.post({{"amount", 1234}});
  CHECK(response.status == 422);
  const json errors = json::parse(response.body)["errors"];
  CHECK(errors[0]["pointer"] == "/amount");
  CHECK(errors[0]["detail"].get<std::string>().find("1230") != std::string::npos);
  CHECK(counter.get(counter.refunds_path())["refunds"].empty());
  CHECK(counter.post({{"amount", 1230}}).status == 201);
  CHECK(counter.payment()["refundedAmount"] == 1230);
}

TEST_CASE("a cancellation pays back what the gateway can hold, and reports what stays paid") {
  Counter counter(10'000, "KWD");
  REQUIRE(counter.post({{"amount", 1234}}).status == 201);
  counter.gateway.step = 10;
  counter.cancel();
  CHECK(counter.payment()["status"] == "CAPTURED");
  CHECK(counter.payment()["refundedAmount"] == 9994);
  CHECK(counter.payment()["refundingAmount"] == 0);
  CHECK_FALSE(counter.payment().contains("cancelRequested"));
  const auto made = counter.harness.published<PaymentRefunded>();
  REQUIRE(made.size() == 2);
  CHECK(made[1].amount.amount == 8760);
  CHECK(made[1].remaining_amount == 6);
  const auto kept = counter.harness.published<PaymentRefundAbandoned>();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].amount.value().amount == 6);
  CHECK(kept[0].withdraws_cancellation);
  CHECK(counter.harness.rows("billing",
                             "SELECT amount FROM billing_refund WHERE state = 'refused'") ==
        std::vector<std::string>{"6"});
  CHECK(counter.dead() == 0);
}

TEST_CASE("a cancellation of which the gateway can hold nothing leaves the order as it is") {
  Counter counter(1000, "KWD");
  REQUIRE(counter.post({{"amount", 994}}).status == 201);
  counter.gateway.step = 10;
  counter.cancel();
  CHECK(counter.payment()["refundedAmount"] == 994);
  CHECK(counter.harness.published<PaymentRefundRequested>().size() == 1);
  CHECK(counter.harness.published<PaymentRefundAbandoned>().size() == 1);
}

}  // namespace orderflow::billing
