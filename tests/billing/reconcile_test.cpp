#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "late_gateway.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "settling/settle_charge.hpp"
#include "settling/settle_refund.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using Rows = std::vector<std::string>;

constexpr const char* settings = R"({"billing": {
  "reconcile": {"everyMs": 60000, "olderThanMs": 120000},
  "capture": {"retry": {"attemptsMax": 2, "firstDelayMs": 1, "delayMaxMs": 1}}}})";

class ReconciliationFixture {
 public:
  ReconciliationFixture() : harness(make_module_over(gateway), settings) {}

  void place() {
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
  }
  void ask_to_cancel() {
    const orders::OrderCancelRequested request{
        .order_id = order.order_id, .user_id = order.order.user_id, .reason = "changed my mind"};
    harness.publish("orders", order.order_id, request);
    harness.run_until_idle();
  }
  std::string payment() {
    return harness
        .rows("billing",
              "SELECT state, gateway_reference, attempts, decline_code FROM billing_payment")
        .at(0);
  }
  std::string refund() {
    return harness
        .rows("billing", "SELECT state, gateway_reference, last_error FROM billing_refund")
        .at(0);
  }
  std::vector<events::EventId> ids_of(std::string_view kind) {
    std::vector<events::EventId> ids;
    for (const auto& event : harness.log()) {
      if (event->kind() == kind) ids.push_back(event->meta().id);
    }
    return ids;
  }
  std::vector<OrderProcessed> processed() { return harness.published<OrderProcessed>(); }
  PaymentId payment_id() {
    const auto requested = harness.published<PaymentRequested>();
    return requested.at(0).payment_id;
  }
  void settle(const ChargeResult& result) {
    const PaymentId id = payment_id();
    harness.write("billing", [&](events::Turn& turn) { settle_charge(turn, gateway, id, result); });
    harness.run_until_idle();
  }

  LateGateway gateway;
  orders::OrderCreated order = sample_order();
  test::ModuleHarness harness;
};

}  // namespace

TEST_CASE(
    "a payment that the gateway is still processing publishes nothing until it is settled, then "
    "once") {
  ReconciliationFixture fixture;
  fixture.place();
  CHECK(fixture.payment() == "processing|pi_1|1|");
  CHECK(fixture.processed().empty());
  CHECK(fixture.harness.status("billing.capture").record.retrying == 0);
  for (int i = 0; i < 2; ++i)
    fixture.settle(Approved{"pi_1"});
  CHECK(fixture.payment() == "captured|pi_1|1|");
  REQUIRE(fixture.processed().size() == 1);
  CHECK(fixture.processed()[0].status == OrderResult::processed);
  fixture.settle(Declined{"card_declined"});
  CHECK(fixture.payment() == "captured|pi_1|1|");
  CHECK(fixture.processed().size() == 1);
}

TEST_CASE("a payment that the gateway declines in the end is declined") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.settle(Declined{"insufficient_funds"});
  CHECK(fixture.payment() == "declined|pi_1|1|insufficient_funds");
  REQUIRE(fixture.processed().size() == 1);
  CHECK(fixture.processed()[0].status == OrderResult::payment_declined);
}

TEST_CASE("an order that is canceled while the gateway is at its payment is paid back after it") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.ask_to_cancel();
  CHECK(fixture.payment() == "processing|pi_1|1|");
  CHECK(fixture.processed().empty());
  fixture.settle(Approved{"pi_1"});
  REQUIRE(fixture.processed().size() == 1);
  CHECK(fixture.processed()[0].status == OrderResult::processed);
  CHECK(fixture.harness.published<PaymentRefundRequested>().size() == 1);
}

TEST_CASE("an order that is canceled while the gateway is at it, and declined, is canceled") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.ask_to_cancel();
  fixture.settle(Declined{"card_declined"});
  REQUIRE(fixture.processed().size() == 1);
  CHECK(fixture.processed()[0].status == OrderResult::canceled);
}

TEST_CASE(
    "two nodes that bill one order publish its end and its refund once, however they learn of it") {
  ReconciliationFixture asking;
  asking.gateway.charge_answer = Approved{"pi_1"};
  asking.gateway.refund_answer = RefundMade{"re_1"};
  ReconciliationFixture finding;
  for (ReconciliationFixture* fixture : {&asking, &finding})
    fixture->place();
  finding.settle(Approved{"pi_1"});
  for (ReconciliationFixture* fixture : {&asking, &finding})
    fixture->ask_to_cancel();
  const auto requested = finding.harness.published<PaymentRefundRequested>();
  REQUIRE(requested.size() == 1);
  finding.harness.write("billing", [&](events::Turn& turn) {
    settle_refund(turn, requested[0].gateway_key, RefundMade{"re_1"});
  });
  for (const auto kind : {OrderProcessed::kind, PaymentRefunded::kind}) {
    CAPTURE(kind);
    const auto asked = asking.ids_of(kind);
    REQUIRE(asked.size() == 1);
    CHECK(asked == finding.ids_of(kind));
  }
}

TEST_CASE("the reconciliation settles what the gateway has finished, by the name it gave") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.harness.advance(3min);
  CHECK(fixture.gateway.inquiries > 0);
  CHECK(fixture.gateway.asked_reference == "pi_1");
  CHECK(fixture.processed().empty());
  fixture.gateway.charge_found = Approved{"pi_1"};
  fixture.harness.advance(1min);
  CHECK(fixture.payment() == "captured|pi_1|1|");
  CHECK(fixture.processed().size() == 1);
  const int asked = fixture.gateway.inquiries;
  fixture.harness.advance(10min);
  CHECK(fixture.gateway.inquiries == asked);
}

TEST_CASE("the reconciliation finds the answer of a capture that is dead, with the order's trace") {
  ReconciliationFixture fixture;
  fixture.gateway.charge_answer.reset();
  fixture.place();
  fixture.harness.advance(10ms);
  CHECK(fixture.harness.status("billing.capture").record.dead == 1);
  CHECK(fixture.payment() == "sending||2|");
  fixture.gateway.charge_found = Approved{"pi_9"};
  fixture.harness.advance(3min);
  CHECK(fixture.payment() == "captured|pi_9|3|");
  REQUIRE(fixture.processed().size() == 1);
  const auto log = fixture.harness.log();
  CHECK(log.back()->meta().correlation_id == log.front()->meta().correlation_id);
}

TEST_CASE("what the gateway does not know of is left as it is, and nothing is charged for it") {
  ReconciliationFixture fixture;
  fixture.gateway.charge_answer.reset();
  fixture.place();
  fixture.harness.advance(10ms);
  const int charges = fixture.gateway.charges;
  for (int i = 0; i < 5; ++i)
    fixture.harness.advance(3min);
  CHECK(fixture.gateway.inquiries == 5);
  CHECK(fixture.gateway.charges == charges);
  CHECK(fixture.payment() == "sending||2|");
}

TEST_CASE("the reconciliation leaves what is young alone, and begins at the start of a node") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.harness.advance(110s);
  CHECK(fixture.gateway.inquiries == 0);
  fixture.harness.clock.advance(20s);
  fixture.harness.restart();
  fixture.harness.run_until_idle();
  CHECK(fixture.gateway.inquiries == 1);
}

TEST_CASE("a gateway that is away uses up no attempts, and is asked when it wants to be") {
  ReconciliationFixture fixture;
  fixture.gateway.away.emplace("away", fixture.harness.clock.now() + 10min);
  fixture.place();
  CHECK(fixture.harness.status("billing.capture").record.retrying == 1);
  fixture.harness.advance(9min);
  CHECK(fixture.gateway.charges == 1);
  for (int i = 0; i < 20; ++i)
    fixture.harness.advance(10min);
  CHECK(fixture.gateway.charges > 10);
  CHECK(fixture.harness.status("billing.capture").record.dead == 0);
  CHECK(fixture.payment() == "sending||0|");
  fixture.gateway.away.reset();
  fixture.gateway.charge_answer = Approved{"pi_1"};
  fixture.harness.advance(10min);
  CHECK(fixture.payment() == "captured|pi_1|1|");
}

TEST_CASE(
    "the reconciliation asks ever less while the gateway is away, and soon after it is back") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.gateway.away.emplace("away");
  fixture.harness.advance(3min);
  const int before = fixture.gateway.inquiries;
  for (int second = 0; second < 30; ++second)
    fixture.harness.advance(1s);
  // After 1, 2, 4, 8 and 16 seconds.
  CHECK(fixture.gateway.inquiries - before <= 5);
  CHECK(fixture.gateway.inquiries - before >= 3);
  for (int minute = 0; minute < 10; ++minute)
    fixture.harness.advance(1min);
  CHECK(fixture.gateway.inquiries - before <= 17);

  fixture.gateway.away.reset();
  fixture.gateway.charge_found = Approved{"pi_1"};
  fixture.harness.advance(1min);
  CHECK(fixture.payment() == "captured|pi_1|1|");
}

TEST_CASE("the reconciliation leaves the gateway alone until the moment that it has named") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.gateway.away.emplace("too much to do", fixture.harness.clock.now() + 1h);
  fixture.harness.advance(3min);
  const int before = fixture.gateway.inquiries;
  CHECK(before == 1);
  for (int minute = 0; minute < 56; ++minute)
    fixture.harness.advance(1min);
  CHECK(fixture.gateway.inquiries == before);
  fixture.harness.advance(1min);
  CHECK(fixture.gateway.inquiries == before + 1);
}

TEST_CASE("a payment whose charge is locked does not keep the reconciliation from the others") {
  ReconciliationFixture fixture;
  fixture.place();
  fixture.order = sample_order(2);
  fixture.place();
  fixture.gateway.away.emplace("locked", GatewayUnavailable::Concerns::this_request, std::nullopt);
  fixture.harness.advance(3min);
  CHECK(fixture.gateway.inquiries == 2);
}

TEST_CASE("a request that the gateway can never fulfil is a dead letter at once") {
  ReconciliationFixture fixture;
  fixture.gateway.refuses = true;
  fixture.place();
  CHECK(fixture.harness.status("billing.capture").record.dead == 1);
  CHECK(fixture.gateway.charges == 1);
  CHECK(fixture.processed().empty());
}

TEST_CASE("a refund that the gateway is still at is settled later, and once") {
  ReconciliationFixture fixture;
  fixture.gateway.charge_answer = Approved{"pi_1"};
  fixture.place();
  fixture.ask_to_cancel();
  CHECK(fixture.refund() == "requested|re_1|");
  CHECK(fixture.harness.published<PaymentRefunded>().empty());
  CHECK(fixture.harness.status("billing.refund").record.retrying == 0);
  fixture.harness.advance(3min);
  CHECK(fixture.gateway.asked_reference == "re_1");
  fixture.gateway.refund_found = RefundMade{"re_1"};
  fixture.harness.advance(10min);
  CHECK(fixture.refund() == "made|re_1|");
  CHECK(fixture.harness.published<PaymentRefunded>().size() == 1);
}

TEST_CASE("a refund that fails after it was made keeps a note of it, and its money moves once") {
  ReconciliationFixture fixture;
  fixture.gateway.charge_answer = Approved{"pi_1"};
  fixture.gateway.refund_answer = RefundMade{"re_1"};
  fixture.place();
  fixture.ask_to_cancel();
  const std::string key = fixture.harness.published<PaymentRefundRequested>().at(0).gateway_key;
  fixture.harness.write("billing", [&](events::Turn& turn) {
    settle_refund(turn, key, RefundRefused{"lost_or_stolen_card"});
  });
  fixture.harness.run_until_idle();
  CHECK(fixture.refund() == "made|re_1|it failed after it was made: lost_or_stolen_card");
  CHECK(fixture.harness.published<PaymentRefunded>().size() == 1);
}

}  // namespace orderflow::billing
