#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "events/operations/operations.hpp"
#include "module.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Rows = std::vector<std::string>;

const events::Actor actor{"ada", "call-1"};

/// Billing alone, with a simulated gateway.
struct CancelledPayments {
  test::ModuleHarness harness{make_module()};

  void place(std::string payment_method = "sim-approve", std::int64_t amount = 1999) {
    auto order = sample_order();
    order.order.payment_method = std::move(payment_method);
    order.order.total.amount = amount;
    harness.publish("orders", order.order_id, order);
  }
  void cancel(std::string reason = "bought twice") {
    harness.publish("orders", order_id(1),
                    orders::OrderCancelRequested{.order_id = test::id_of(order_id(1)),
                                                 .user_id = core::UserId{"ann"},
                                                 .reason = std::move(reason)});
    harness.run_until_idle();
  }
  json payment() {
    const auto response = harness.call(http::Method::get, "/v1/payments?orderId=" + order_id(1));
    const json payments = json::parse(response.body)["payments"];
    REQUIRE(payments.size() == 1);
    return payments[0];
  }
  /// The only refund of the payment.
  json refund() {
    const auto response = harness.call(http::Method::get, payment()["refunds"].get<std::string>());
    const json refunds = json::parse(response.body)["refunds"];
    REQUIRE(refunds.size() == 1);
    return refunds[0];
  }
  /// Every outcome that was published.
  Rows outcomes() {
    Rows all;
    for (const auto& processed : harness.published<OrderProcessed>())
      all.emplace_back(to_string(processed.status));
    return all;
  }
  events::Seq only_dead(const std::string& subscription) {
    const auto rows = harness.rows(events::event_owner,
                                   "SELECT seq FROM event_delivery WHERE state = 'dead' AND"
                                   " subscription = '" +
                                       subscription + "'");
    REQUIRE(rows.size() == 1);
    return events::Seq{std::stoll(rows[0])};
  }
  template <class Operation>
  auto operate(Operation operation) {
    std::optional<std::invoke_result_t<Operation&, events::Operations&, storage::Connection&>>
        result;
    harness.write(events::event_owner, [&](events::Turn& turn) {
      result.emplace(operation(harness.node().dispatcher().operations(), turn.db().connection()));
    });
    REQUIRE(result->has_value());
    return std::move(**result);
  }
  void pause(const std::string& subscription) {
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const auto done = harness.node().dispatcher().operations().set_paused(
          turn.db().connection(), actor, subscription, true);
      REQUIRE(done.has_value());
    });
  }
  void discard(const std::string& subscription) {
    const events::DeadLetterId id{subscription, only_dead(subscription)};
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const auto done = harness.node().dispatcher().operations().discard(
          turn.db().connection(), actor, id, "the buyer has called");
      REQUIRE(done.has_value());
    });
    harness.run_until_idle();
  }
};

}  // namespace

TEST_CASE("a payment that was captured is paid back, and the refund is published") {
  CancelledPayments billing;
  billing.place();
  billing.harness.run_until_idle();
  const json captured = billing.payment();
  billing.cancel();
  CHECK(billing.outcomes() == Rows{"PROCESSED"});
  const auto requested = billing.harness.published<PaymentRefundRequested>();
  REQUIRE(requested.size() == 1);
  CHECK(requested[0] ==
        PaymentRefundRequested{
            .payment_id = test::id_of<PaymentId>(captured["id"].get<std::string>()),
            .order_id = test::id_of(order_id(1)),
            .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
            .amount = test::money(1999),
            .payment_method = "sim-approve",
            .gateway_reference = captured["gatewayReference"],
            .gateway_key = order_id(1) + ":refund:1",
            .reason = "bought twice",
            .payment_refund_id = test::id_of<RefundId>(billing.refund()["id"].get<std::string>())});
  const json payment = billing.payment();
  CHECK(payment["status"] == "REFUNDED");
  CHECK(payment["cancelRequested"] == true);
  CHECK(payment["cancelReason"] == "bought twice");
  CHECK(payment["refundedAmount"] == 1999);
  CHECK(payment["refundingAmount"] == 0);
  const json refund = billing.refund();
  CHECK(refund["status"] == "MADE");
  CHECK(refund["gatewayKey"] == order_id(1) + ":refund:1");
  CHECK(refund["attempts"] == 1);
  CHECK(refund["amount"] == 1999);
  CHECK(refund["gatewayReference"].get<std::string>().starts_with("simr_"));
  CHECK(billing.harness.published<PaymentRefunded>() ==
        std::vector{PaymentRefunded{
            .order_id = test::id_of(order_id(1)),
            .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
            .amount = test::money(1999),
            .payment_id = test::id_of<PaymentId>(captured["id"].get<std::string>()),
            .refund_id = refund["gatewayReference"],
            .payment_refund_id = test::id_of<RefundId>(refund["id"].get<std::string>())}});
}

TEST_CASE("a payment that is canceled before it is sent is never charged") {
  CancelledPayments billing;
  billing.pause("billing.capture");
  billing.place();
  billing.harness.run_until_idle();
  CHECK(billing.payment()["status"] == "REQUESTED");
  billing.cancel();
  CHECK(billing.payment()["status"] == "CANCELED");
  CHECK(billing.payment()["cancelReason"] == "bought twice");
  CHECK(billing.outcomes() == Rows{"CANCELED"});
  CHECK(billing.payment()["attempts"] == 0);
}

TEST_CASE("a cancellation that comes before its order is kept for it") {
  CancelledPayments billing;
  billing.cancel();
  CHECK(billing.harness.rows("billing", "SELECT reason FROM billing_cancellation") ==
        Rows{"bought twice"});
  billing.place();
  billing.harness.run_until_idle();
  CHECK(billing.outcomes() == Rows{"CANCELED"});
  CHECK(billing.payment()["status"] == "CANCELED");
  CHECK(billing.payment()["attempts"] == 0);
  CHECK(billing.harness.rows("billing", "SELECT reason FROM billing_cancellation").empty());
}

TEST_CASE("a capture in flight is settled first, and then paid back") {
  CancelledPayments billing;
  billing.place("sim-slow-1000");
  billing.harness.run_until_idle();
  billing.cancel();
  CHECK(billing.payment()["status"] == "SENDING");
  CHECK(billing.payment()["cancelRequested"] == true);
  CHECK(billing.outcomes().empty());
  billing.harness.run_to_the_end();
  CHECK(billing.outcomes() == Rows{"PROCESSED"});
  CHECK(billing.payment()["status"] == "REFUNDED");
}

TEST_CASE("a capture in flight that is declined ends the order as canceled") {
  CancelledPayments billing;
  test::ModuleHarness& harness = billing.harness;
  billing.place("sim-fail-1");
  harness.run_until_idle();
  billing.cancel();
  harness.run_to_the_end();
  CHECK(billing.payment()["status"] == "REFUNDED");

  CancelledPayments other;
  other.place("sim-timeout");
  other.harness.run_until_idle();
  other.cancel();
  other.harness.run_to_the_end();
  CHECK(other.harness.status("billing.capture").record.dead == 1);
  other.discard("billing.capture");
  CHECK(other.outcomes() == Rows{"CANCELED"});
  CHECK(other.payment()["declineCode"] == "discarded");
}

TEST_CASE("a payment of nothing is paid back without the gateway") {
  CancelledPayments billing;
  billing.place("sim-refund-refuse", 0);
  billing.harness.run_until_idle();
  billing.cancel();
  CHECK(billing.payment()["status"] == "REFUNDED");
  CHECK(billing.harness.published<PaymentRefundRequested>().empty());
  const auto refunded = billing.harness.published<PaymentRefunded>();
  REQUIRE(refunded.size() == 1);
  CHECK(refunded[0].amount.amount == 0);
  CHECK(refunded[0].refund_id == order_id(1) + ":refund:1");
}

TEST_CASE("a refund that fails is tried again with the same key") {
  CancelledPayments billing;
  billing.place("sim-refund-fail-2");
  billing.harness.run_until_idle();
  billing.cancel();
  CHECK(billing.payment()["status"] == "REFUNDING");
  CHECK(billing.refund()["lastError"] == "the gateway failed at attempt 1");
  billing.harness.restart();
  billing.harness.run_to_the_end();
  CHECK(billing.payment()["status"] == "REFUNDED");
  CHECK(billing.refund()["attempts"] == 3);
  CHECK(billing.harness.published<PaymentRefunded>().size() == 1);
}

TEST_CASE("a refund that is refused leaves the payment captured, and can be requested again") {
  CancelledPayments billing;
  billing.place("sim-refund-refuse");
  billing.harness.run_until_idle();
  billing.cancel();
  CHECK(billing.harness.status("billing.refund").record.rows() == 0);
  CHECK(billing.payment()["status"] == "CAPTURED");
  CHECK(billing.payment()["refundingAmount"] == 0);
  CHECK_FALSE(billing.payment().contains("cancelRequested"));
  const json refused = billing.refund();
  CHECK(refused["status"] == "REFUSED");
  CHECK(refused["attempts"] == 1);
  CHECK(refused["lastError"] == "the gateway refuses the refund: refund_refused");
  CHECK(billing.harness.published<PaymentRefunded>().empty());
  CHECK(billing.harness.published<PaymentRefundAbandoned>() ==
        std::vector{PaymentRefundAbandoned{
            .order_id = test::id_of(order_id(1)),
            .user_id = core::UserId{"ann"},
            .payment_id = test::id_of<PaymentId>(billing.payment()["id"].get<std::string>()),
            .reason = refused["lastError"],
            .payment_refund_id = test::id_of<RefundId>(refused["id"].get<std::string>()),
            .amount = test::money(1999),
            .withdraws_cancellation = true}});
  billing.cancel();
  CHECK(billing.harness.published<PaymentRefundRequested>().at(1).gateway_key ==
        order_id(1) + ":refund:2");
}

TEST_CASE("a refund without an answer can be shown, given up and taken up again under its key") {
  CancelledPayments billing;
  billing.place("sim-refund-fail-99");
  billing.harness.run_until_idle();
  billing.cancel();
  billing.harness.run_to_the_end();
  CHECK(billing.harness.status("billing.refund").record.dead == 1);
  CHECK(billing.payment()["status"] == "REFUNDING");
  CHECK(billing.refund()["status"] == "REQUESTED");

  const events::DeadLetterId letter{"billing.refund", billing.only_dead("billing.refund")};
  const auto shown =
      billing.operate([&](events::Operations& operations, storage::Connection& connection) {
        return operations.dry_run(connection, letter, std::nullopt);
      });
  CHECK(shown.error.empty());
  REQUIRE(shown.events.size() == 1);
  CHECK(shown.events[0]->kind() == PaymentRefunded::kind);
  CHECK(billing.payment()["status"] == "REFUNDING");

  billing.discard("billing.refund");
  CHECK(billing.payment()["status"] == "CAPTURED");
  CHECK(billing.refund()["status"] == "ABANDONED");
  CHECK(billing.harness.published<PaymentRefunded>().empty());
  const auto abandoned = billing.harness.published<PaymentRefundAbandoned>();
  REQUIRE(abandoned.size() == 1);
  CHECK(abandoned[0].reason == "the buyer has called");
  CHECK(abandoned[0].withdraws_cancellation);
  billing.cancel("once more");
  CHECK(billing.refund()["status"] == "REQUESTED");
  CHECK(billing.refund()["reason"] == "once more");
  CHECK(billing.refund()["gatewayKey"] == order_id(1) + ":refund:1");
  CHECK(billing.payment()["refundingAmount"] == 1999);
}

TEST_CASE("a capture that is dead can be shown as though it were approved") {
  CancelledPayments billing;
  billing.place("sim-timeout");
  billing.harness.run_to_the_end();
  const events::DeadLetterId letter{"billing.capture", billing.only_dead("billing.capture")};
  const auto shown =
      billing.operate([&](events::Operations& operations, storage::Connection& connection) {
        return operations.dry_run(connection, letter, std::nullopt);
      });
  REQUIRE(shown.events.size() == 1);
  CHECK(shown.events[0]->as<OrderProcessed>().status == OrderResult::processed);
  CHECK(billing.payment()["status"] == "SENDING");
}

TEST_CASE("an order that could not be judged and is given up is canceled") {
  CancelledPayments billing;
  // What only a bug could bring about: the window cannot be read.
  billing.harness.write("billing", [](events::Turn& turn) {
    turn.db().connection().run("ALTER TABLE billing_fraud_window RENAME COLUMN amount TO gone");
  });
  billing.place();
  billing.harness.run_to_the_end();
  CHECK(billing.harness.status("billing.assess").record.dead == 1);
  CHECK(billing.outcomes().empty());
  billing.discard("billing.assess");
  CHECK(billing.outcomes() == Rows{"CANCELED"});
  CHECK(billing.harness.published<OrderProcessed>().at(0).reasons == Rows{"discarded"});
  CHECK(billing.payment()["status"] == "CANCELED");
}

TEST_CASE("a request to cancel what is at its end changes nothing") {
  for (const auto& [method, status] : std::vector<std::pair<std::string, std::string>>{
           {"sim-decline", "DECLINED"}, {"sim-approve", "REFUNDED"}}) {
    CancelledPayments billing;
    billing.place(method);
    billing.harness.run_until_idle();
    billing.cancel();
    const json before = billing.payment();
    CHECK(before["status"] == status);
    const auto events = billing.harness.log().size();
    billing.harness.advance(1s);
    billing.cancel("again");
    CHECK(billing.payment() == before);
    CHECK(billing.harness.log().size() == events + 1);
  }
}

}  // namespace orderflow::billing
