#include "orders_alone.hpp"
#include "support/typed_values.hpp"

#include "orders/contract/order_created.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::orders {
namespace {

using nlohmann::json;
using Alone = OrdersAlone;

TEST_CASE_FIXTURE(Alone, "placing an order stores it as PENDING and publishes order.created") {
  const auto response = harness.call(http::Method::post, "/v1/orders",
                                     R"({"userId":"ada","currency":"USD","paymentMethod":"card-1",
          "items":[{"productId":"pen","name":"Füller","quantity":3,"price":250}]})");
  REQUIRE(response.status == 201);
  const json order = json::parse(response.body);
  CHECK(order["status"] == "PENDING");
  CHECK(order["totalAmount"] == 750);
  CHECK(order["correlationId"] == "test-correlation");
  const auto published = harness.published<OrderCreated>();
  REQUIRE(published.size() == 1);
  CHECK(published[0] == OrderCreated{.order_id = test::id_of(order["id"].get<std::string>()),
                                     .order = {.user_id = core::UserId{"ada"},
                                               .email = "",
                                               .total = test::money(750, "USD"),
                                               .payment_method = "card-1",
                                               .items = {{"pen", "Füller", 3, 250}}}});
  CHECK(harness.log()[0]->meta().key == order["id"]);
  CHECK(response.headers ==
        http::Fields{{"Location", "/v1/orders/" + order["id"].get<std::string>()}});
  CHECK(get("/v1/orders/" + order["id"].get<std::string>()) == order);
}

TEST_CASE_FIXTURE(Alone, "an order in a currency that was withdrawn since is read as it stands") {
  const std::string id = place()["id"];
  harness.write("orders", [](events::Turn& turn) {
    turn.db().execute("UPDATE orders_order SET currency = 'BGN'");
  });
  CHECK(get("/v1/orders/" + id)["currency"] == "BGN");
  CHECK(get("/v1/orders")["orders"].size() == 1);
}

TEST_CASE_FIXTURE(Alone, "an order that is not valid is not stored and nothing is published") {
  const auto response = harness.call(http::Method::post, "/v1/orders", R"({"userId":"ada"})");
  CHECK(response.status == 422);
  CHECK(json::parse(response.body)["errors"][0]["pointer"] == "/items");
  CHECK(harness.log().empty());
  CHECK(harness.rows("orders", "SELECT id FROM orders_order").empty());
}

TEST_CASE_FIXTURE(Alone, "a body that is no JSON gets a 400 that names where it breaks") {
  for (const char* body :
       {"", "{", "nonsense", "{\"userId\":\"a\",\"userId\":\"b\"}", "{\"userId\":\"\xff\"}"}) {
    CHECK(harness.call(http::Method::post, "/v1/orders", body).status == 400);
  }
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  const auto response = harness.call(http::Method::post, "/v1/orders", deep);
  CHECK(response.status == 400);
  CHECK(json::parse(response.body)["detail"] == "the document is nested deeper than 16 levels");
}

TEST_CASE_FIXTURE(Alone, "an order takes the status that billing publishes") {
  const std::string paid = place()["id"];
  const std::string fraud = place()["id"];
  const std::string declined = place()["id"];
  process(paid, billing::OrderResult::processed);
  process(fraud, billing::OrderResult::canceled_fraud, {"user_blocked"});
  process(declined, billing::OrderResult::payment_declined, {"card_declined"});
  CHECK(get("/v1/orders/" + paid)["status"] == "PROCESSED");
  CHECK(get("/v1/orders/" + fraud)["status"] == "CANCELED_FRAUD");
  CHECK(get("/v1/orders/" + fraud)["reasons"] == json{"user_blocked"});
  CHECK(get("/v1/orders/" + declined)["status"] == "PAYMENT_DECLINED");
}

TEST_CASE_FIXTURE(Alone, "an impossible transition is recorded and changes nothing") {
  const std::string id = place()["id"];
  process(id, billing::OrderResult::payment_declined, {"card_declined"});
  process(id, billing::OrderResult::processed);
  CHECK(get("/v1/orders/" + id)["status"] == "PAYMENT_DECLINED");
  CHECK(harness.rows("orders", "SELECT from_status, to_status FROM orders_refused_transition") ==
        std::vector<std::string>{"PAYMENT_DECLINED|PROCESSED"});
  CHECK(harness.status("orders.settle").record.rows() == 0);
}

TEST_CASE_FIXTURE(Alone, "an outcome for an order that is not here is dead, not lost") {
  process("01890a5d-ac96-774b-bcce-b302099a8057", billing::OrderResult::processed);
  CHECK(harness.status("orders.settle").record.dead == 1);
}

TEST_CASE_FIXTURE(Alone, "orders are listed newest first, by user and status, page by page") {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) {
    ids.push_back(place(i % 2 == 0 ? "ada" : "bob")["id"]);
    harness.advance(std::chrono::milliseconds{1});
  }
  process(ids[0], billing::OrderResult::processed);
  const auto listed = [&](const std::string& query) {
    std::vector<std::string> found;
    std::string after;
    for (;;) {
      const json page = get("/v1/orders?limit=2" + query + after);
      for (const json& order : page["orders"])
        found.push_back(order["id"]);
      if (page["next"].is_null()) return found;
      after = "&after=" + page["next"].get<std::string>();
    }
  };
  CHECK(listed("") == std::vector<std::string>(ids.rbegin(), ids.rend()));
  CHECK(listed("&userId=bob") == std::vector<std::string>{ids[5], ids[3], ids[1]});
  CHECK(listed("&status=PROCESSED") == std::vector<std::string>{ids[0]});
  CHECK(listed("&status=PENDING&userId=ada") == std::vector<std::string>{ids[6], ids[4], ids[2]});
  CHECK(listed("&status=REFUNDED").empty());
}

TEST_CASE_FIXTURE(Alone, "bad parameters of a list are named") {
  const auto response =
      harness.call(http::Method::get, "/v1/orders?limit=0&status=odd&after=x&q=1");
  CHECK(response.status == 400);
  std::vector<std::string> named;
  const json problem = json::parse(response.body);
  for (const json& error : problem["errors"])
    named.push_back(error["pointer"]);
  CHECK(named == std::vector<std::string>{"q", "status", "after", "limit"});
}

TEST_CASE_FIXTURE(Alone, "an unknown order is a 404, whatever its id looks like") {
  for (const char* id : {"01890a5d-ac96-774b-bcce-b302099a8057", "42", "%3Cscript%3E"}) {
    CHECK(harness.call(http::Method::get, std::string("/v1/orders/") + id).status == 404);
    CHECK(harness.call(http::Method::get, std::string("/v1/orders/") + id + "/timeline").status ==
          404);
  }
}

TEST_CASE_FIXTURE(Alone, "the timeline shows the order's events and what holds it up") {
  const std::string id = place()["id"];
  process(id, billing::OrderResult::processed);
  json timeline = get("/v1/orders/" + id + "/timeline");
  REQUIRE(timeline["events"].size() == 2);
  CHECK(timeline["events"][0]["kind"] == "order.created");
  CHECK(timeline["events"][1]["kind"] == "order.processed");
  CHECK(timeline["events"][1]["data"]["status"] == "PROCESSED");
  CHECK(timeline["deliveries"].empty());
}

TEST_CASE_FIXTURE(Alone, "an order whose events were removed has an empty timeline") {
  const std::string id = place()["id"];
  harness.write(events::event_owner,
                [](events::Turn& turn) { turn.db().execute("DELETE FROM event_log"); });
  CHECK(get("/v1/orders/" + id + "/timeline")["events"].empty());
}

TEST_CASE_FIXTURE(Alone, "a failing delivery shows in the timeline") {
  const std::string missing = "01890a5d-ac96-774b-bcce-b302099a8057";
  process(missing, billing::OrderResult::processed);
  const json timeline = get("/v1/orders/" + missing + "/timeline");
  REQUIRE(timeline["deliveries"].size() == 1);
  CHECK(timeline["deliveries"][0]["subscription"] == "orders.settle");
  CHECK(timeline["deliveries"][0]["state"] == "dead");
  CHECK(timeline["attempts"][0]["error"] == "there is no order " + missing);
}

}  // namespace
}  // namespace orderflow::orders
