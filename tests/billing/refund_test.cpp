#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "core/money.hpp"
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

const char* const unknown_id = "01900000-0000-7000-8000-ffffffffffff";

/// Billing alone with one payment over 1999, charged by the given method.
struct Paid {
  test::ModuleHarness harness{make_module()};
  std::string payment_id;

  explicit Paid(const std::string& method = "sim-approve", std::int64_t amount = 1999,
                const std::string& currency = "EUR") {
    auto order = sample_order();
    order.order.total.currency = core::Currency::parse(currency).value();
    order.order.payment_method = method;
    order.order.total.amount = amount;
    harness.publish("orders", order.order_id, order);
    harness.run_until_idle();
    payment_id = get("/v1/payments")["payments"][0]["id"];
  }

  std::string target() const { return "/v1/payments/" + payment_id + "/refunds"; }
  http::Response post(const std::string& body, http::Fields headers = {}) {
    return harness.call(http::Method::post, target(), body, std::move(headers));
  }
  http::Response post_once(const std::string& body, const std::string& key) {
    return post(body, {{"idempotency-key", key}});
  }
  /// A refund that must be taken, as it was answered.
  json ask(const json& body) {
    const auto response = post(body.dump());
    INFO(response.body);
    REQUIRE(response.status == 201);
    return json::parse(response.body);
  }
  json get(const std::string& at) {
    const auto response = harness.call(http::Method::get, at);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
  json payment() { return get("/v1/payments/" + payment_id); }
  json refunds() { return get(target())["refunds"]; }
  json refund(const json& asked) { return get(target() + "/" + asked["id"].get<std::string>()); }
  void cancel() {
    harness.publish(
        "orders", order_id(1),
        orders::OrderCancelRequested{
            .order_id = test::id_of(order_id(1)), .user_id = core::UserId{"ann"}, .reason = ""});
    harness.run_until_idle();
  }
  /// Of all refunds that were published, in order.
  std::vector<std::int64_t> paid_back() {
    std::vector<std::int64_t> amounts;
    for (const auto& refunded : harness.published<PaymentRefunded>())
      amounts.push_back(refunded.amount.amount);
    return amounts;
  }
  void discard_dead() {
    const auto rows = harness.rows(events::event_owner,
                                   "SELECT seq FROM event_delivery WHERE state = 'dead' AND"
                                   " subscription = 'billing.refund'");
    REQUIRE(rows.size() == 1);
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const events::DeadLetterId id{"billing.refund", events::Seq{std::stoll(rows[0])}};
      const auto done = harness.node().dispatcher().operations().discard(
          turn.db().connection(), events::Actor{"ada", "call-1"}, id, "never mind");
      REQUIRE(done.has_value());
    });
    harness.run_until_idle();
  }
};

std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [given, value] : response.headers) {
    if (given == name) return value;
  }
  return {};
}

void check_problem(const http::Response& response, unsigned status, const std::string& type) {
  INFO(response.body);
  CHECK(response.status == status);
  CHECK(response.content_type == "application/problem+json");
  CHECK(json::parse(response.body)["type"] == "/problems/" + type);
}

}  // namespace

TEST_CASE("a payment in a currency that was withdrawn since is charged and paid back in it") {
  for (const char* code : {"BGN", "HRK", "SLL", "CUC", "ZWL", "ANG"}) {
    CAPTURE(code);
    Paid paid("sim-approve", 1999, code);
    CHECK(paid.payment()["status"] == "CAPTURED");
    const json asked = paid.ask({{"amount", 500}});
    CHECK(asked["currency"] == code);
    paid.harness.run_until_idle();
    CHECK(paid.refund(asked)["status"] == "MADE");
  }
}

TEST_CASE("a payment from before the limit existed is charged, and paid back part by part") {
  constexpr std::int64_t huge = 9'000'000'000'000'000'000;
  // The fraud rules have no limit of this currency.
  Paid paid("sim-approve", huge, "JPY");
  CHECK(paid.payment()["status"] == "CAPTURED");
  CHECK(paid.post(R"({"amount": 9007199254740992})").status == 422);
  paid.ask({{"amount", core::amount_max}});
  paid.harness.run_until_idle();
  CHECK(paid.ask(json::object())["amount"] == huge - core::amount_max);
  paid.harness.run_until_idle();
  CHECK(paid.payment()["status"] == "REFUNDED");
  CHECK(paid.payment()["refundedAmount"] == huge);
}

TEST_CASE("a part of a payment is paid back, and then the rest") {
  Paid paid;
  const auto response = paid.post(R"({"amount": 500, "reason": "one cup was broken"})");
  REQUIRE(response.status == 201);
  const json asked = json::parse(response.body);
  CHECK(header_of(response, "Location") == paid.target() + "/" + asked["id"].get<std::string>());
  CHECK(asked == json{{"id", asked["id"]},
                      {"paymentId", paid.payment_id},
                      {"orderId", order_id(1)},
                      {"amount", 500},
                      {"currency", "EUR"},
                      {"status", "REQUESTED"},
                      {"origin", "orderflow"},
                      {"reason", "one cup was broken"},
                      {"gatewayKey", order_id(1) + ":refund:1"},
                      {"attempts", 0},
                      {"createdAt", "2023-11-14T22:13:20.000000Z"},
                      {"updatedAt", "2023-11-14T22:13:20.000000Z"}});
  paid.harness.run_until_idle();
  CHECK(paid.refund(asked)["status"] == "MADE");
  CHECK(paid.payment()["status"] == "CAPTURED");
  CHECK(paid.payment()["refundedAmount"] == 500);
  CHECK(paid.payment()["refundingAmount"] == 0);

  const json rest = paid.ask(json::object());
  CHECK(rest["amount"] == 1499);
  CHECK(rest["gatewayKey"] == order_id(1) + ":refund:2");
  paid.harness.run_until_idle();
  CHECK(paid.payment()["status"] == "REFUNDED");
  CHECK(paid.payment()["refundedAmount"] == 1999);

  const auto published = paid.harness.published<PaymentRefunded>();
  REQUIRE(published.size() == 2);
  CHECK(published[0].amount.amount == 500);
  CHECK(published[0].remaining_amount == 1499);
  CHECK(published[0].payment_refund_id == test::id_of<RefundId>(asked["id"].get<std::string>()));
  CHECK_FALSE(published[0].is_full());
  CHECK(published[1].amount.amount == 1499);
  CHECK(published[1].is_full());
  check_problem(paid.post(""), 409, "nothing-left-to-refund");
}

TEST_CASE("a refund without a body pays back the whole payment") {
  Paid paid;
  CHECK(paid.post("").status == 201);
  paid.harness.run_until_idle();
  CHECK(paid.payment()["status"] == "REFUNDED");
  CHECK(paid.harness.published<OrderProcessed>().size() == 1);
}

TEST_CASE("what is promised and not made yet cannot be promised again") {
  Paid paid("sim-slow-1000");
  paid.harness.run_to_the_end();
  paid.ask({{"amount", 1500}});
  CHECK(paid.payment()["status"] == "REFUNDING");
  CHECK(paid.payment()["refundingAmount"] == 1500);
  const auto above = paid.post(R"({"amount": 500})");
  check_problem(above, 422, "invalid-refund");
  const json errors = json::parse(above.body)["errors"];
  CHECK(errors[0]["pointer"] == "/amount");
  CHECK(errors[0]["detail"].get<std::string>().find("499") != std::string::npos);
  paid.ask({{"amount", 499}});
  check_problem(paid.post(""), 409, "nothing-left-to-refund");
  check_problem(paid.post(R"({"amount": 1})"), 409, "nothing-left-to-refund");
  paid.harness.restart();
  paid.harness.run_to_the_end();
  CHECK(paid.paid_back() == std::vector<std::int64_t>{1500, 499});
  CHECK(paid.payment()["status"] == "REFUNDED");
}

TEST_CASE("what was never captured cannot be paid back") {
  for (const auto& [method, status] : std::vector<std::pair<std::string, std::string>>{
           {"sim-decline", "DECLINED"}, {"sim-timeout", "SENDING"}}) {
    Paid paid(method);
    const auto refused = paid.post("{}");
    check_problem(refused, 409, "payment-not-captured");
    CHECK(json::parse(refused.body)["detail"].get<std::string>().find(status) != std::string::npos);
    CHECK(paid.refunds().empty());
  }
  Paid free("sim-approve", 0);
  check_problem(free.post("{}"), 409, "nothing-left-to-refund");
}

TEST_CASE("a payment or a refund that is not there is not found") {
  Paid paid;
  const json asked = paid.ask({{"amount", 1}});
  const std::string id = asked["id"];
  for (const std::string none : {unknown_id, "1"}) {
    const std::string refunds = "/v1/payments/" + none + "/refunds";
    check_problem(paid.harness.call(http::Method::post, refunds), 404, "payment-not-found");
    check_problem(paid.harness.call(http::Method::get, refunds), 404, "payment-not-found");
    check_problem(paid.harness.call(http::Method::get, refunds + "/" + id), 404,
                  "refund-not-found");
    check_problem(paid.harness.call(http::Method::get, paid.target() + "/" + none), 404,
                  "refund-not-found");
  }
}

TEST_CASE("a refund that is not valid is refused, naming each field") {
  Paid paid;
  CHECK(paid.post("nonsense").status == 400);
  for (const auto& each : std::vector<std::pair<std::string, std::string>>{
           {R"({"amount": 0})", "/amount"},
           {R"({"amount": -5})", "/amount"},
           {R"({"amount": 1.5})", "/amount"},
           {R"({"amount": "5"})", "/amount"},
           {R"({"amount": 18446744073709551615})", "/amount"},
           {R"({"amount": 9223372036854775807})", "/amount"},
           {R"({"amount": 9007199254740992})", "/amount"},
           {R"({"amount": 2000})", "/amount"},
           {R"({"reason": ""})", "/reason"},
           {R"({"reason": "a\nb"})", "/reason"},
           {R"({"currency": "EUR"})", "/currency"},
           {"[]", ""}}) {
    CAPTURE(each.first);
    const auto refused = paid.post(each.first);
    check_problem(refused, 422, "invalid-refund");
    CHECK(json::parse(refused.body)["errors"][0]["pointer"] == each.second);
  }
  CHECK(paid.harness.published<PaymentRefundRequested>().empty());
}

TEST_CASE("the same key and body are answered the same, and pay back once") {
  Paid paid;
  const auto first = paid.post_once(R"({"amount": 700})", "k-1");
  REQUIRE(first.status == 201);
  CHECK(header_of(first, "Idempotent-Replayed").empty());
  paid.harness.run_until_idle();
  paid.harness.advance(1h);
  paid.harness.restart();
  const auto again = paid.post_once(R"({"amount": 700})", "k-1");
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(header_of(again, "Location") == header_of(first, "Location"));
  CHECK(header_of(again, "Idempotent-Replayed") == "true");
  paid.harness.run_until_idle();
  CHECK(paid.paid_back() == std::vector<std::int64_t>{700});

  check_problem(paid.post_once(R"({"amount": 701})", "k-1"), 422, "idempotency-key-reused");
  CHECK(paid.post_once(R"({"amount": 700})", "k-2").status == 201);
  CHECK(paid.refunds().size() == 2);
}

TEST_CASE("a key stands for the payment that it came to") {
  Paid paid;
  auto order = sample_order(2, "bob");
  paid.harness.publish("orders", order.order_id, order);
  paid.harness.run_until_idle();
  REQUIRE(paid.post_once("{}", "k-1").status == 201);
  const std::string other = paid.get("/v1/payments?orderId=" + order_id(2))["payments"][0]["id"];
  check_problem(paid.harness.call(http::Method::post, "/v1/payments/" + other + "/refunds", "{}",
                                  {{"idempotency-key", "k-1"}}),
                422, "idempotency-key-reused");
}

TEST_CASE("nothing is kept of a refund that is denied, and a malformed key is refused") {
  Paid paid;
  CHECK(paid.post_once(R"({"amount": 2000})", "k-1").status == 422);
  CHECK(paid.post_once(R"({"amount": 5})", "k-1").status == 201);
  check_problem(paid.post_once("{}", "a b"), 400, "invalid-idempotency-key");
}

TEST_CASE("duplicates that wait in one batch ask for one refund") {
  Paid paid;
  std::vector<std::shared_ptr<test::ModuleHarness::OpenCall>> calls;
  for (int i = 0; i < 50; ++i) {
    calls.push_back(paid.harness.open(http::Method::post, paid.target(), R"({"amount": 40})",
                                      {{"idempotency-key", "k-1"}}));
  }
  paid.harness.run_until_idle();
  for (const auto& call : calls) {
    REQUIRE(call->done());
    CHECK(call->response->body == calls[0]->response->body);
  }
  CHECK(paid.paid_back() == std::vector<std::int64_t>{40});
}

TEST_CASE("keys of refunds are kept for their time and then swept, a bounded number at once") {
  Paid paid("sim-approve", 999'999);
  int number = 0;
  const auto ask = [&](int times) {
    for (int i = 0; i < times; ++i)
      REQUIRE(paid.post_once(R"({"amount": 1})", "k-" + std::to_string(++number)).status == 201);
  };
  const auto count = [&] {
    return paid.harness.rows("billing", "SELECT count(*) FROM billing_idempotency").at(0);
  };
  ask(320);
  paid.harness.advance(24h);
  ask(32);
  CHECK(count() == "352");
  paid.harness.advance(1us);
  ask(32);
  CHECK(count() == "256");
  ask(64);
  CHECK(count() == "128");
}

TEST_CASE("keys of refunds are not older for a clock that jumps ahead") {
  Paid paid("sim-approve", 999'999);
  int number = 0;
  const auto ask = [&](int times) {
    for (int i = 0; i < times; ++i)
      REQUIRE(paid.post_once(R"({"amount": 1})", "k-" + std::to_string(++number)).status == 201);
  };
  ask(32);
  paid.harness.clock.jump(24h * 365);
  SUBCASE("while the node runs") {}
  SUBCASE("while it does not run") {
    paid.harness.restart();
  }
  ask(320);
  CHECK(paid.harness.rows("billing", "SELECT count(*) FROM billing_idempotency").at(0) == "352");
}

TEST_CASE("a payment has a bounded number of refunds, and can be canceled all the same") {
  Paid paid("sim-approve", 5'000);
  for (int i = 0; i < 1'000; ++i)
    paid.ask({{"amount", 1}});
  check_problem(paid.post(R"({"amount": 1})"), 409, "too-many-refunds");
  paid.harness.run_until_idle();
  paid.cancel();
  CHECK(paid.payment()["status"] == "REFUNDED");
  CHECK(paid.paid_back().back() == 4'000);
}

TEST_CASE("refunds are listed newest first, page by page") {
  Paid paid;
  for (int amount = 1; amount <= 5; ++amount) {
    paid.ask({{"amount", amount}});
    paid.harness.advance(1s);
  }
  std::vector<int> amounts;
  std::string after;
  for (int pages = 0; pages < 3; ++pages) {
    const json page = paid.get(paid.target() + "?limit=2" + after);
    for (const json& refund : page["refunds"])
      amounts.push_back(refund["amount"]);
    if (page["next"].is_null()) break;
    after = "&after=" + page["next"].get<std::string>();
  }
  CHECK(amounts == std::vector{5, 4, 3, 2, 1});
  check_problem(paid.harness.call(http::Method::get, paid.target() + "?limit=0&page=2"), 400,
                "bad-parameter");
}

TEST_CASE("canceling an order that is partly paid back refunds the rest") {
  Paid paid;
  paid.ask({{"amount", 700}});
  paid.harness.run_until_idle();
  paid.cancel();
  CHECK(paid.paid_back() == std::vector<std::int64_t>{700, 1299});
  CHECK(paid.payment()["status"] == "REFUNDED");
  CHECK(paid.payment()["cancelRequested"] == true);
}

TEST_CASE("a cancellation counts what is promised as though it were paid back") {
  Paid paid("sim-refund-fail-2");
  paid.ask({{"amount", 700}});
  paid.harness.run_until_idle();
  paid.cancel();
  CHECK(paid.payment()["refundingAmount"] == 1999);
  paid.cancel();
  paid.harness.run_to_the_end();
  // Each refund has failing attempts of its own.
  for (const json& refund : paid.refunds()) {
    CHECK(refund["status"] == "MADE");
    CHECK(refund["attempts"] == 3);
  }
  CHECK(paid.paid_back() == std::vector<std::int64_t>{700, 1299});
  const auto published = paid.harness.published<PaymentRefunded>();
  CHECK(published[0].remaining_amount == 1299);
  CHECK(published[1].is_full());
}

TEST_CASE("a refused refund frees its amount, and does not hold up those behind it") {
  Paid paid("sim-refund-refuse");
  const json asked = paid.ask({{"amount", 1999}});
  paid.harness.run_until_idle();
  CHECK(paid.refund(asked)["status"] == "REFUSED");
  CHECK(paid.payment()["status"] == "CAPTURED");
  const auto published = paid.harness.published<PaymentRefundAbandoned>();
  REQUIRE(published.size() == 1);
  CHECK(published[0].payment_refund_id == test::id_of<RefundId>(asked["id"].get<std::string>()));
  CHECK(published[0].amount == test::money(1999));
  // Nobody wanted to cancel the order.
  CHECK_FALSE(published[0].withdraws_cancellation);
  const json next = paid.ask({{"amount", 1999}});
  CHECK(next["gatewayKey"] == order_id(1) + ":refund:2");
  paid.harness.run_until_idle();
  CHECK(paid.refund(next)["status"] == "REFUSED");
}

TEST_CASE("a refund whose attempts are used up keeps its amount until an operator decides") {
  Paid paid("sim-refund-fail-99");
  const json first = paid.ask({{"amount", 1000}});
  const json second = paid.ask({{"amount", 900}});
  paid.harness.run_to_the_end();
  CHECK(paid.harness.status("billing.refund").record.dead == 1);
  CHECK(paid.harness.status("billing.refund").record.parked == 1);
  check_problem(paid.post(R"({"amount": 100})"), 422, "invalid-refund");
  paid.discard_dead();
  CHECK(paid.refund(first)["status"] == "ABANDONED");
  CHECK(paid.refund(second)["status"] == "REQUESTED");
  CHECK(paid.payment()["refundingAmount"] == 900);
  // Asked for once more over the same amount it is the same refund, under the same key.
  const json again = paid.ask({{"amount", 1000}});
  CHECK(again["id"] == first["id"]);
  CHECK(again["gatewayKey"] == first["gatewayKey"]);
}

TEST_CASE("a refund over another amount than was promised is never asked for") {
  Paid paid;
  const json asked = paid.ask({{"amount", 100}});
  auto wrong = paid.harness.published<PaymentRefundRequested>().at(0);
  wrong.amount.amount = 1999;
  paid.harness.publish("billing", order_id(1), wrong);
  paid.harness.run_to_the_end();
  CHECK(paid.paid_back() == std::vector<std::int64_t>{100});
  CHECK(paid.harness.status("billing.refund").record.dead == 1);
}

TEST_CASE("a refund that is published twice is made once") {
  Paid paid;
  paid.ask({{"amount", 100}});
  const auto requested = paid.harness.published<PaymentRefundRequested>().at(0);
  paid.harness.publish("billing", order_id(1), requested);
  paid.harness.run_to_the_end();
  paid.harness.publish("billing", order_id(1), requested);
  paid.harness.run_to_the_end();
  CHECK(paid.paid_back() == std::vector<std::int64_t>{100});
  CHECK(paid.refunds()[0]["attempts"] == 1);
}

TEST_CASE("the table itself refuses to promise more than was captured") {
  Paid paid;
  CHECK_THROWS(paid.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_payment SET refunding_amount = 2000");
  }));
  CHECK_THROWS(paid.harness.write("billing", [](events::Turn& turn) {
    turn.db().execute("UPDATE billing_payment SET refunded_amount = 1, refunding_amount = 1999");
  }));
}

TEST_CASE("the first time that the gateway is asked to charge is kept") {
  Paid paid("sim-fail-1");
  const auto sent_at = [&] {
    return paid.harness.rows("billing", "SELECT sent_at = created_at FROM billing_payment").at(0);
  };
  CHECK(sent_at() == "1");
  paid.harness.run_to_the_end();
  CHECK(paid.payment()["attempts"] == 2);
  CHECK(sent_at() == "1");
}

}  // namespace orderflow::billing
