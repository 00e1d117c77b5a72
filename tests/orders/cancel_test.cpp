#include "orders_alone.hpp"
#include "support/typed_values.hpp"

#include "orders/contract/order_cancel_requested.hpp"

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("asking to cancel an order marks it and publishes it, once") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.harness.advance(1s);
  const auto first = orders.cancel(id, R"({"reason":"bought twice"})");
  REQUIRE(first.status == 202);
  const json order = json::parse(first.body);
  CHECK(order["status"] == "PENDING");
  CHECK(order["cancelRequestedAt"] == "2023-11-14T22:13:21.000000Z");
  CHECK(
      orders.harness.published<OrderCancelRequested>() ==
      std::vector{OrderCancelRequested{
          .order_id = test::id_of(id), .user_id = core::UserId{"ada"}, .reason = "bought twice"}});
  CHECK(orders.harness.log().back()->meta().key == id);

  orders.harness.advance(1s);
  const auto again = orders.cancel(id);
  CHECK(again.status == 202);
  CHECK(again.body == first.body);
  CHECK(orders.harness.published<OrderCancelRequested>().size() == 1);
  CHECK(orders.get("/v1/orders/" + id) == order);
}

TEST_CASE("an order that is paid may be canceled, and becomes refunded") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.process(id, billing::OrderResult::processed);
  CHECK(json::parse(orders.cancel(id).body)["status"] == "PROCESSED");
  orders.refund(id);
  CHECK(orders.get("/v1/orders/" + id)["status"] == "REFUNDED");
  CHECK(orders.cancel(id).status == 409);
}

TEST_CASE(
    "an order that is paid back in part stays processed, and is refunded with the last part") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.process(id, billing::OrderResult::processed);
  const json before = orders.get("/v1/orders/" + id);
  orders.refund(id, 700);
  CHECK(orders.get("/v1/orders/" + id) == before);
  CHECK(orders.count("orders_refused_transition") == 0);
  orders.refund(id);
  CHECK(orders.get("/v1/orders/" + id)["status"] == "REFUNDED");
}

TEST_CASE("a refund that is given up withdraws a cancellation that it was for, and no other") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.process(id, billing::OrderResult::processed);
  orders.cancel(id);
  orders.abandon_refund(id, false);
  CHECK(orders.get("/v1/orders/" + id).contains("cancelRequestedAt"));
  orders.abandon_refund(id, true);
  CHECK_FALSE(orders.get("/v1/orders/" + id).contains("cancelRequestedAt"));
}

TEST_CASE("an order that billing canceled in time is CANCELED") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.cancel(id);
  orders.process(id, billing::OrderResult::canceled);
  CHECK(orders.get("/v1/orders/" + id)["status"] == "CANCELED");
}

TEST_CASE("an order at its end cannot be canceled, and the answer names its state") {
  OrdersAlone orders;
  using enum billing::OrderResult;
  for (const auto result : {canceled_fraud, payment_declined, canceled}) {
    const std::string id = orders.place()["id"];
    orders.process(id, result, {"why"});
    const auto refused = orders.cancel(id);
    CHECK(refused.status == 409);
    const json problem = json::parse(refused.body);
    CHECK(problem["type"] == "/problems/order-not-cancelable");
    CHECK(problem["detail"] ==
          "Order " + id + " is " + std::string(billing::to_string(result)) + ".");
  }
  CHECK(orders.harness.published<OrderCancelRequested>().empty());
}

TEST_CASE("an unknown order cannot be canceled") {
  OrdersAlone orders;
  CHECK(orders.cancel("01890a5d-ac96-774b-bcce-b302099a8057").status == 404);
  CHECK(orders.cancel("42").status == 404);
}

TEST_CASE("a bad cancellation is refused, naming the field") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  CHECK(orders.cancel(id, "nonsense").status == 400);
  for (const auto& each : std::vector<std::pair<std::string, std::string>>{
           {R"({"reason":""})", "/reason"},
           {R"({"reason":7})", "/reason"},
           {R"({"reason":"a\nb"})", "/reason"},
           {R"({"reason":")" + std::string(257, 'x') + R"("})", "/reason"},
           {R"({"why":"x"})", "/why"},
           {R"([])", ""}}) {
    CAPTURE(each.first);
    const auto refused = orders.cancel(id, each.first);
    CHECK(refused.status == 422);
    CHECK(json::parse(refused.body)["errors"][0]["pointer"] == each.second);
  }
  CHECK(orders.harness.published<OrderCancelRequested>().empty());
  CHECK(orders.cancel(id, "{}").status == 202);
}

TEST_CASE("a refund of an order that was never paid is recorded and changes nothing") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  orders.refund(id);
  CHECK(orders.get("/v1/orders/" + id)["status"] == "PENDING");
  CHECK(orders.harness.rows("orders",
                            "SELECT from_status, to_status FROM orders_refused_transition") ==
        std::vector<std::string>{"PENDING|REFUNDED"});
}

}  // namespace
}  // namespace orderflow::orders
