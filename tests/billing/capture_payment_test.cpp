#include "effects/capture_payment.hpp"
#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_requested.hpp"
#include "late_gateway.hpp"
#include "module.hpp"
#include "module_over_gateway.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using Rows = std::vector<std::string>;

orders::OrderCreated order_paid_by(std::string payment_method, int number = 1) {
  auto order = sample_order(number);
  order.order.payment_method = std::move(payment_method);
  return order;
}

void place(test::ModuleHarness& harness, const orders::OrderCreated& order) {
  harness.publish("orders", order.order_id, order);
}

Rows payments(test::ModuleHarness& harness) {
  return harness.rows("billing",
                      "SELECT state, attempts, decline_code, last_error FROM billing_payment"
                      " ORDER BY order_id");
}

}  // namespace

TEST_CASE("a requested payment is captured, and the order is processed") {
  test::ModuleHarness harness(make_module());
  const auto order = order_paid_by("sim-approve");
  place(harness, order);
  harness.run_until_idle();
  const auto requested = harness.published<PaymentRequested>();
  const auto processed = harness.published<OrderProcessed>();
  REQUIRE(requested.size() == 1);
  REQUIRE(processed.size() == 1);
  CHECK(processed[0] ==
        OrderProcessed{.order_id = order.order_id,
                       .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
                       .amount = test::money(1999),
                       .status = OrderResult::processed,
                       .reasons = {},
                       .payment_id = requested[0].payment_id});
  CHECK(payments(harness) == Rows{"captured|1||"});
  CHECK(harness.rows("billing", "SELECT gateway_reference <> '' FROM billing_payment") ==
        Rows{"1"});
}

TEST_CASE("a declined payment ends the order with the gateway's code and is never tried again") {
  test::ModuleHarness harness(make_module());
  place(harness, order_paid_by("sim-decline:insufficient_funds"));
  harness.run_to_the_end();
  const auto processed = harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].status == OrderResult::payment_declined);
  CHECK(processed[0].reasons == std::vector<std::string>{"insufficient_funds"});
  CHECK(processed[0].payment_id == harness.published<PaymentRequested>().at(0).payment_id);
  CHECK(payments(harness) == Rows{"declined|1|insufficient_funds|"});
}

TEST_CASE("a gateway that fails twice is tried again until it approves") {
  test::ModuleHarness harness(make_module());
  place(harness, order_paid_by("sim-fail-2"));
  harness.run_until_idle();
  CHECK(harness.published<OrderProcessed>().empty());
  CHECK(payments(harness) == Rows{"sending|1||the gateway failed at attempt 1"});
  harness.run_to_the_end();
  const auto processed = harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].status == OrderResult::processed);
  CHECK(payments(harness) == Rows{"captured|3||the gateway failed at attempt 2"});
  CHECK(harness.status("billing.capture").record.retrying == 0);
}

TEST_CASE("a charge is looked up before every sending but the first, whatever the clock shows") {
  LateGateway gateway;
  gateway.charge_answer.reset();
  test::ModuleHarness harness(make_module_over(gateway));
  place(harness, order_paid_by("pm_1"));
  harness.run_until_idle();
  harness.clock.set(harness.clock.now() - 24h);
  harness.run_to_the_end(48h);
  REQUIRE(gateway.resumed_charges.size() > 2);
  CHECK_FALSE(gateway.resumed_charges.front());
  CHECK(std::ranges::count(gateway.resumed_charges, false) == 1);
}

TEST_CASE("a gateway that never answers makes the capture dead after its attempts, each counted") {
  test::ModuleHarness harness(
      make_module(),
      R"({"billing": {"capture": {"deadlineMs": 2000, "retry": {"attemptsMax": 3}}}})");
  place(harness, order_paid_by("sim-timeout"));
  harness.run_until_idle();
  harness.advance(2s - 1us);
  CHECK(payments(harness) == Rows{"sending|0||"});
  harness.advance(1us);
  CHECK(payments(harness) == Rows{"sending|1||the gateway did not answer in time"});
  harness.run_to_the_end();
  CHECK(payments(harness) == Rows{"sending|3||the gateway did not answer in time"});
  CHECK(harness.status("billing.capture").record.dead == 1);
  CHECK(harness.published<OrderProcessed>().empty());
}

TEST_CASE("an order whose gateway fails does not hold up others") {
  test::ModuleHarness harness(make_module());
  place(harness, order_paid_by("sim-timeout", 1));
  place(harness, order_paid_by("sim-fail-1", 2));
  place(harness, order_paid_by("sim-approve", 3));
  harness.run_until_idle();
  const auto processed = harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].order_id == test::id_of(order_id(3)));
}

TEST_CASE("a slow gateway is waited for") {
  test::ModuleHarness harness(make_module(), R"({"billing": {"gateway": {"latencyMs": 500}}})");
  place(harness, order_paid_by("sim-slow-1000"));
  harness.run_until_idle();
  harness.advance(1500ms - 1us);
  CHECK(harness.published<OrderProcessed>().empty());
  CHECK(harness.status("billing.capture").in_flight == 1);
  harness.advance(1us);
  CHECK(harness.published<OrderProcessed>().size() == 1);
}

TEST_CASE("a charge that a crash interrupted is made again with the same key, and ends once") {
  test::ModuleHarness harness(make_module(), R"({"billing": {"gateway": {"latencyMs": 500}}})");
  place(harness, order_paid_by("sim-approve"));
  harness.run_until_idle();
  harness.restart();
  harness.run_to_the_end();
  CHECK(harness.published<PaymentRequested>().size() == 1);
  CHECK(harness.published<OrderProcessed>().size() == 1);
  CHECK(payments(harness) == Rows{"captured|1||"});
  harness.restart();
  harness.run_to_the_end();
  CHECK(harness.published<OrderProcessed>().size() == 1);
}

TEST_CASE("a payment that is final is not changed by another answer of the gateway") {
  test::ModuleHarness harness(make_module());
  place(harness, order_paid_by("sim-approve"));
  harness.run_until_idle();
  auto again = harness.published<PaymentRequested>().at(0);
  for (const char* method : {"sim-approve", "sim-decline", "sim-fail-99"}) {
    CAPTURE(method);
    again.payment_method = method;
    harness.publish("billing", again.order_id, again);
    harness.run_until_idle();
    CHECK(payments(harness) == Rows{"captured|1||"});
    CHECK(harness.published<OrderProcessed>().size() == 1);
  }
}

TEST_CASE("a request to pay that names no payment is dead at once") {
  test::ModuleHarness harness(make_module());
  const PaymentRequested request{.payment_id = test::id_of<PaymentId>(order_id(9)),
                                 .order_id = test::id_of(order_id(1)),
                                 .buyer = {.user_id = core::UserId{"ann"}, .email = ""},
                                 .amount = test::money(1),
                                 .payment_method = "",
                                 .gateway_key = "key"};
  harness.publish("billing", request.order_id, request);
  harness.run_until_idle();
  CHECK(harness.status("billing.capture").record.dead == 1);
  CHECK(harness.published<OrderProcessed>().empty());
}

TEST_CASE("a payment in no currency is dead at once") {
  test::ModuleHarness harness(make_module());
  auto order = order_paid_by("sim-approve");
  order.order.total = test::money(1999, "XYZ");
  place(harness, order);
  harness.run_until_idle();
  CHECK(harness.status("billing.capture").record.dead == 1);
  CHECK(harness.published<OrderProcessed>().empty());
}

TEST_CASE("a payment that is not there is never charged") {
  test::ModuleHarness harness(make_module());
  place(harness, order_paid_by("sim-approve"));
  harness.run_until_idle();
  auto stray = harness.published<PaymentRequested>().at(0);
  stray.payment_id = test::id_of<PaymentId>("01900000-0000-7000-8000-00000000aaaa");
  harness.publish("billing", stray.order_id, stray);
  harness.run_to_the_end();
  CHECK(harness.status("billing.capture").record.dead == 1);
  CHECK(payments(harness) == Rows{"captured|1||"});
}

}  // namespace orderflow::billing
