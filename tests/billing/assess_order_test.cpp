#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_requested.hpp"
#include "module.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using Reasons = std::vector<std::string>;
using Rows = std::vector<std::string>;

/// Billing alone, judging orders.
class Billing {
 public:
  explicit Billing(std::string settings = "{}") : harness(make_module(), std::move(settings)) {}

  void place(const orders::OrderCreated& order) {
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
  }
  /// Places the n-th order of a user at a time after the beginning; the reasons why it was refused.
  Reasons place_at(core::Duration time, int number, std::string user_id = "ann",
                   std::int64_t amount = 100) {
    harness.clock.set(start + time);
    auto order = sample_order(number, std::move(user_id));
    order.order.total.amount = amount;
    place(order);
    for (const auto& processed : harness.published<OrderProcessed>()) {
      if (processed.order_id == order.order_id) return processed.reasons;
    }
    return {"no answer"};
  }
  Rows payments() {
    return harness.rows("billing", "SELECT state, attempts FROM billing_payment ORDER BY id");
  }
  std::int64_t window_rows() {
    return std::stoll(harness.rows("billing", "SELECT count(*) FROM billing_fraud_window").front());
  }

  test::ModuleHarness harness;

 private:
  const core::Timestamp start = harness.clock.now();
};

const Reasons passes;
const Reasons too_many{"order_rate_above_limit"};
const Reasons too_much{"amount_rate_above_limit"};

const char* const two_a_minute = R"({"billing": {"fraud": {"windowSeconds": 60, "maxOrders": 2}}})";

}  // namespace

TEST_CASE("an order that passes gets a payment, which is requested once") {
  Billing billing;
  const auto order = sample_order();
  billing.place(order);
  const auto requested = billing.harness.published<PaymentRequested>();
  REQUIRE(requested.size() == 1);
  CHECK(requested[0] ==
        PaymentRequested{.payment_id = requested[0].payment_id,
                         .order_id = order.order_id,
                         .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
                         .amount = test::money(1999),
                         .payment_method = "sim-approve",
                         .gateway_key = order_id(1) + ":1"});
  const auto log = billing.harness.log();
  REQUIRE(log.size() == 3);
  CHECK(log[1]->kind() == "payment.requested");
  CHECK(log[1]->meta().key == order_id(1));
  CHECK(log[1]->meta().correlation_id == log[0]->meta().correlation_id);
  CHECK(log[1]->meta().causation_id == log[0]->meta().id);
  CHECK(log[2]->kind() == "order.processed");
  CHECK(log[2]->meta().key == order_id(1));
}

TEST_CASE("an order that breaks rules is refused with every reason, and nothing is charged") {
  Billing billing(R"({"billing": {"fraud": {"blockedUsers": ["ann"], "maxQuantity": 1}}})");
  auto order = sample_order();
  order.order.items[0].quantity = 2;
  billing.place(order);
  const auto processed = billing.harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0] ==
        OrderProcessed{.order_id = order.order_id,
                       .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
                       .amount = test::money(1999),
                       .status = OrderResult::canceled_fraud,
                       .reasons = {"user_blocked", "quantity_above_limit"},
                       .payment_id = {}});
  CHECK(billing.harness.published<PaymentRequested>().empty());
  CHECK(billing.payments() == Rows{"refused|0"});
  CHECK(billing.window_rows() == 0);
}

TEST_CASE("an order that costs nothing is paid without the gateway") {
  Billing billing;
  auto order = sample_order();
  order.order.total.amount = 0;
  order.order.payment_method = "sim-decline";
  billing.place(order);
  const auto processed = billing.harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].status == OrderResult::processed);
  CHECK(processed[0].amount.amount == 0);
  CHECK(processed[0].payment_id);
  CHECK(billing.harness.published<PaymentRequested>().empty());
  CHECK(billing.payments() == Rows{"captured|0"});
}

TEST_CASE("the same order published twice is judged and charged once") {
  Billing billing;
  billing.place(sample_order());
  billing.harness.advance(1s);
  billing.place(sample_order());
  CHECK(billing.harness.status("billing.assess").record.failed == 0);
  CHECK(billing.payments() == Rows{"captured|1"});
  CHECK(billing.harness.published<PaymentRequested>().size() == 1);
  CHECK(billing.harness.published<OrderProcessed>().size() == 1);
  CHECK(billing.window_rows() == 1);
}

TEST_CASE("an order that is paid is not refused when it is published again") {
  Billing billing(R"({"billing": {"fraud": {"maxOrders": 1}}})");
  billing.place(sample_order());
  billing.place(sample_order());
  const auto processed = billing.harness.published<OrderProcessed>();
  REQUIRE(processed.size() == 1);
  CHECK(processed[0].status == OrderResult::processed);
}

TEST_CASE(
    "an order that is refused is not judged again when it is published again, whatever its "
    "content") {
  Billing billing(R"({"billing": {"fraud": {"blockedUsers": ["ann"]}}})");
  billing.place(sample_order());
  billing.place(sample_order(1, "bob"));
  CHECK(billing.harness.published<OrderProcessed>().size() == 1);
  CHECK(billing.harness.published<PaymentRequested>().empty());
  CHECK(billing.payments() == Rows{"refused|0"});
}

/// An order.created whose payload this program cannot read.
struct UnreadableOrder {
  static constexpr std::string_view kind = orders::OrderCreated::kind;
  static constexpr int version = orders::OrderCreated::version;
};

template <class Json>
void to_json(Json& json, const UnreadableOrder&) {
  json["orderId"] = "not-an-id";
}

TEST_CASE("an order that cannot be read is dead, and holds up no other") {
  Billing billing;
  billing.harness.publish("orders", order_id(1), UnreadableOrder{});
  billing.place(sample_order(2));
  CHECK(billing.harness.status("billing.assess").record.dead == 1);
  CHECK(billing.payments() == Rows{"captured|1"});
}

TEST_CASE("a user's orders are counted until the window has passed them") {
  Billing billing(two_a_minute);
  CHECK(billing.place_at(0s, 1) == passes);
  CHECK(billing.place_at(10s, 2) == passes);
  CHECK(billing.place_at(60s - 1us, 3) == too_many);
  CHECK(billing.place_at(60s, 4) == passes);
  CHECK(billing.place_at(60s, 5) == too_many);
  CHECK(billing.place_at(70s, 6) == passes);
}

TEST_CASE("orders of the same moment count against each other") {
  Billing billing(two_a_minute);
  CHECK(billing.place_at(0s, 1) == passes);
  CHECK(billing.place_at(0s, 2) == passes);
  CHECK(billing.place_at(0s, 3) == too_many);
}

TEST_CASE("each user has a window of their own") {
  Billing billing(two_a_minute);
  CHECK(billing.place_at(0s, 1, "ann") == passes);
  CHECK(billing.place_at(0s, 2, "ann") == passes);
  CHECK(billing.place_at(0s, 3, "bob") == passes);
  CHECK(billing.place_at(0s, 4, "ann") == too_many);
  CHECK(billing.place_at(0s, 5, "bob") == passes);
}

TEST_CASE("refused orders do not count, so a user who keeps trying gets through after the window") {
  Billing billing(two_a_minute);
  CHECK(billing.place_at(0s, 1) == passes);
  CHECK(billing.place_at(1s, 2) == passes);
  for (int number = 3; number < 50; ++number) {
    CHECK(billing.place_at(std::chrono::seconds(number), number) == too_many);
  }
  CHECK(billing.window_rows() == 2);
  CHECK(billing.place_at(60s, 60) == passes);
}

TEST_CASE("the amounts of a window are summed by currency") {
  Billing billing(R"({"billing": {"fraud": {"maxAmount": {"EUR": 1000}}}})");
  CHECK(billing.place_at(0s, 1, "ann", 600) == passes);
  auto dollars = sample_order(2);
  dollars.order.total = test::money(5000, "USD");
  billing.place(dollars);
  CHECK(billing.place_at(1s, 3, "ann", 401) == too_much);
  CHECK(billing.place_at(2s, 4, "ann", 400) == passes);
  CHECK(billing.place_at(60s, 5, "ann", 601) == too_much);
  CHECK(billing.place_at(60s, 6, "ann", 600) == passes);
}

TEST_CASE("amounts whose sum cannot be held are above the limit") {
  Billing billing(R"({"billing": {"fraud": {"maxOrderAmount": {},
                                            "maxAmount": {"EUR": 9223372036854775807}}}})");
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  CHECK(billing.place_at(0s, 1, "ann", largest) == passes);
  CHECK(billing.place_at(0s, 2, "ann", 0) == passes);
  CHECK(billing.place_at(0s, 3, "ann", 1) == too_much);
}

TEST_CASE("an order that comes late is judged by the window of its own time") {
  Billing billing(two_a_minute);
  CHECK(billing.place_at(0s, 1) == passes);
  CHECK(billing.place_at(100s, 2) == passes);
  // At 30 s there was one order before it. What came later does not count against it.
  CHECK(billing.place_at(30s, 3) == passes);
  CHECK(billing.place_at(31s, 4) == too_many);
  // It counts for what comes after it, though.
  CHECK(billing.place_at(89s, 5) == passes);
  CHECK(billing.place_at(101s, 6) == too_many);
}

TEST_CASE("late orders give the same decisions whenever their log is read") {
  const auto decisions = [] {
    Billing billing(two_a_minute);
    std::vector<Reasons> all;
    int number = 0;
    for (const int second : {0, 300, 10, 20, 301, 30, 200, 190, 305, 15, 70, 800, 71, 72, 302}) {
      all.push_back(billing.place_at(std::chrono::seconds(second), ++number));
    }
    return all;
  };
  CHECK(decisions() == decisions());
}

TEST_CASE("orders of users who never come back are swept by those of others") {
  Billing billing(two_a_minute);
  int number = 0;
  for (int user = 0; user < 30; ++user) {
    billing.place_at(0s, ++number, "user-" + std::to_string(user));
  }
  CHECK(billing.window_rows() == 30);
  billing.place_at(120s - 1us, ++number, "late");
  CHECK(billing.window_rows() == 31);
  // Each order takes two expired rows away and adds its own.
  for (int left = 30; left > 0; left -= 2) {
    const auto before = billing.window_rows();
    billing.place_at(120s, ++number, "next-" + std::to_string(left));
    CHECK(billing.window_rows() == before - 1);
  }
  CHECK(billing.window_rows() == 16);
}

}  // namespace orderflow::billing
