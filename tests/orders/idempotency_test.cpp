#include "orders_alone.hpp"

#include "orders/contract/order_created.hpp"

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

http::Fields with_key(std::string key) {
  return {{"idempotency-key", std::move(key)}};
}

TEST_CASE("the same key and body are answered the same, and place one order") {
  OrdersAlone orders;
  const auto first = orders.post(OrdersAlone::body_of(), with_key("k-1"));
  REQUIRE(first.status == 201);
  CHECK(header_of(first, "Idempotent-Replayed").empty());
  const std::string id = json::parse(first.body)["id"];
  orders.process(id, billing::OrderResult::processed);
  orders.cancel(id);
  orders.refund(id);
  orders.harness.advance(1h);
  orders.harness.restart();

  const auto again = orders.post(OrdersAlone::body_of(), with_key("k-1"));
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(header_of(again, "Location") == header_of(first, "Location"));
  CHECK(header_of(again, "Idempotent-Replayed") == "true");
  CHECK(orders.count("orders_order") == 1);
  CHECK(orders.harness.published<OrderCreated>().size() == 1);
  CHECK(orders.get("/v1/orders/" + id)["status"] == "REFUNDED");
}

TEST_CASE("the same key with another body is refused, and changes nothing") {
  OrdersAlone orders;
  const auto first = orders.post(OrdersAlone::body_of(), with_key("k-1"));
  const auto other = orders.post(OrdersAlone::body_of("ada", 5), with_key("k-1"));
  CHECK(other.status == 422);
  CHECK(json::parse(other.body)["type"] == "/problems/idempotency-key-reused");
  // The body is compared as it came: a blank more is another one.
  CHECK(orders.post(OrdersAlone::body_of() + " ", with_key("k-1")).status == 422);
  CHECK(orders.post(OrdersAlone::body_of(), with_key("k-1")).body == first.body);
  CHECK(orders.count("orders_order") == 1);
}

TEST_CASE("another key, or none, places another order") {
  OrdersAlone orders;
  for (const char* key : {"k-1", "k-2", "K-1"}) {
    CHECK(orders.post(OrdersAlone::body_of(), with_key(key)).status == 201);
  }
  orders.place();
  orders.place();
  CHECK(orders.count("orders_order") == 5);
  CHECK(orders.count("orders_idempotency") == 3);
}

TEST_CASE("nothing is kept of a request that is not valid") {
  OrdersAlone orders;
  CHECK(orders.post(R"({"userId":"ada"})", with_key("k-1")).status == 422);
  CHECK(orders.post("{", with_key("k-1")).status == 400);
  CHECK(orders.count("orders_idempotency") == 0);
  CHECK(orders.post(OrdersAlone::body_of(), with_key("k-1")).status == 201);
}

TEST_CASE("a malformed key is refused with a problem that names the header") {
  OrdersAlone orders;
  for (const http::Fields& headers :
       {with_key(""), with_key("a b"), with_key(std::string(256, 'k')), with_key("k\xc3\xa9y"),
        http::Fields{{"idempotency-key", "a"}, {"idempotency-key", "a"}}}) {
    const auto refused = orders.post(OrdersAlone::body_of(), headers);
    CHECK(refused.status == 400);
    const json problem = json::parse(refused.body);
    CHECK(problem["type"] == "/problems/invalid-idempotency-key");
    CHECK(problem["errors"][0]["pointer"] == "Idempotency-Key");
  }
  CHECK(orders.count("orders_order") == 0);
  CHECK(orders.post(OrdersAlone::body_of(), with_key(std::string(255, 'k'))).status == 201);
}

TEST_CASE("a key and its order are in one commit: what is undone leaves neither") {
  OrdersAlone orders;
  const auto first = orders.harness.open(http::Method::post, "/v1/orders", OrdersAlone::body_of(),
                                         with_key("k-1"));
  const auto second = orders.harness.open(http::Method::post, "/v1/orders", OrdersAlone::body_of(),
                                          with_key("k-1"));
  orders.harness.restart();
  CHECK_FALSE(first->done());
  CHECK(orders.count("orders_order") == 0);
  CHECK(orders.count("orders_idempotency") == 0);
  CHECK(header_of(orders.post(OrdersAlone::body_of(), with_key("k-1")), "Idempotent-Replayed")
            .empty());
}

TEST_CASE("duplicates that wait in one batch place one order") {
  OrdersAlone orders;
  std::vector<std::shared_ptr<test::ModuleHarness::OpenCall>> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(orders.harness.open(http::Method::post, "/v1/orders", OrdersAlone::body_of(),
                                        with_key("k-1")));
  }
  orders.harness.run_until_idle();
  int placed = 0;
  for (const auto& call : calls) {
    REQUIRE(call->done());
    CHECK(call->response->body == calls[0]->response->body);
    if (header_of(*call->response, "Idempotent-Replayed").empty()) ++placed;
  }
  CHECK(placed == 1);
  CHECK(orders.count("orders_order") == 1);
}

TEST_CASE("keys are kept for their time and then swept, a bounded number at once") {
  OrdersAlone orders(R"({"orders": {"idempotency": {"keepHours": 24}}})");
  int number = 0;
  const auto place = [&](int times) {
    for (int i = 0; i < times; ++i) {
      REQUIRE(
          orders.post(OrdersAlone::body_of(), with_key("k-" + std::to_string(++number))).status ==
          201);
    }
  };
  place(640);
  orders.harness.advance(24h);
  place(64);
  CHECK(orders.count("orders_idempotency") == 704);  // not a moment too early
  orders.harness.advance(1us);
  place(64);
  CHECK(orders.count("orders_idempotency") == 768 - 256);
  place(64);
  CHECK(orders.count("orders_idempotency") == 832 - 512);
  place(64);
  CHECK(orders.count("orders_idempotency") == 896 - 640);
  CHECK(orders.post(OrdersAlone::body_of("bob"), with_key("k-1")).status == 201);
  CHECK(orders.post(OrdersAlone::body_of("bob"), with_key("k-700")).status == 422);
}

/// Places orders with keys of ascending numbers.
struct KeyedOrders : OrdersAlone {
  using OrdersAlone::OrdersAlone;

  void place_keyed(int times) {
    for (int i = 0; i < times; ++i) {
      const auto answer = post(body_of(), with_key("k-" + std::to_string(++placed)));
      REQUIRE(answer.status == 201);
    }
  }
  bool knows(int number) {
    const auto answer = post(body_of(), with_key("k-" + std::to_string(number)));
    return header_of(answer, "Idempotent-Replayed") == "true";
  }

  int placed = 0;
};

TEST_CASE("a clock that jumps ahead makes no key older, and loses none") {
  KeyedOrders orders;
  orders.place_keyed(64);
  SUBCASE("while the node runs") {
    orders.harness.clock.jump(24h * 365);
  }
  SUBCASE("while it does not run") {
    orders.harness.clock.jump(24h * 365);
    orders.harness.restart();
  }
  SUBCASE("again and again") {
    for (int i = 0; i < 10; ++i) {
      orders.harness.clock.jump(48h);
      orders.harness.restart();
      orders.place_keyed(64);
    }
  }
  orders.place_keyed(640);
  CHECK(orders.knows(1));
  CHECK(orders.knows(64));
  orders.harness.advance(25h);
  orders.place_keyed(640);
  CHECK_FALSE(orders.knows(1));
}

TEST_CASE("a clock that jumps ahead and back leaves no key behind permanently") {
  KeyedOrders orders;
  orders.harness.clock.jump(24h * 365);
  orders.place_keyed(64);
  orders.harness.clock.jump(-24h * 365);
  orders.place_keyed(64);
  CHECK(orders.knows(1));
  orders.harness.restart();
  orders.place_keyed(64);
  CHECK(orders.knows(1));
  orders.harness.advance(25h);
  orders.place_keyed(128);
  CHECK(orders.count("orders_idempotency") <= 128 + 64);
}

}  // namespace
}  // namespace orderflow::orders
