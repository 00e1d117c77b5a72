#include "orders_alone.hpp"

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::ModuleHarness;
using Call = std::shared_ptr<ModuleHarness::OpenCall>;

http::Fields waiting(int seconds) {
  return {{"prefer", "wait=" + std::to_string(seconds)}};
}

Call open_order(OrdersAlone& orders, http::Fields headers) {
  auto call = orders.harness.open(http::Method::post, "/v1/orders", OrdersAlone::body_of(),
                                  std::move(headers));
  orders.harness.run_until_idle();
  return call;
}

std::string newest_order(OrdersAlone& orders) {
  return orders.get("/v1/orders?limit=1")["orders"][0]["id"];
}

TEST_CASE("an answer is held until the order is final") {
  OrdersAlone orders;
  const Call call = open_order(orders, waiting(10));
  CHECK_FALSE(call->done());
  orders.harness.advance(9s);
  CHECK_FALSE(call->done());
  orders.process(newest_order(orders), billing::OrderResult::processed);
  REQUIRE(call->done());
  CHECK(call->response->status == 201);
  CHECK(json::parse(call->response->body)["status"] == "PROCESSED");
  CHECK(header_of(*call->response, "Preference-Applied") == "wait=10");
  CHECK(header_of(*call->response, "Location") == "/v1/orders/" + newest_order(orders));
}

TEST_CASE("an answer comes when its time is up, with the order as it is then") {
  OrdersAlone orders;
  const Call call = open_order(orders, waiting(10));
  orders.harness.advance(10s - 1us);
  CHECK_FALSE(call->done());
  orders.harness.advance(1us);
  REQUIRE(call->done());
  CHECK(json::parse(call->response->body)["status"] == "PENDING");
  CHECK(header_of(*call->response, "Preference-Applied") == "wait=10");
}

TEST_CASE("each waits for its own time, whoever came first") {
  OrdersAlone orders;
  const Call slow = open_order(orders, waiting(30));
  const Call quick = open_order(orders, waiting(5));
  const Call middle = open_order(orders, waiting(12));
  orders.harness.advance(5s);
  CHECK(quick->done());
  CHECK_FALSE(middle->done());
  orders.harness.advance(7s);
  CHECK(middle->done());
  CHECK_FALSE(slow->done());
  orders.harness.advance(18s);
  CHECK(slow->done());
}

TEST_CASE("a clock that is set back holds nobody for longer") {
  OrdersAlone orders;
  const Call call = open_order(orders, waiting(10));
  orders.harness.clock.jump(-1h);
  const Call later = open_order(orders, waiting(5));
  orders.harness.advance(5s);
  CHECK(later->done());
  CHECK_FALSE(call->done());
}

TEST_CASE("the wait that is granted is bounded by the settings") {
  OrdersAlone orders(R"({"orders": {"wait": {"maxSeconds": 2}}})");
  const Call call = open_order(orders, waiting(100));
  orders.harness.advance(2s);
  REQUIRE(call->done());
  CHECK(header_of(*call->response, "Preference-Applied") == "wait=2");
}

TEST_CASE("above the bound of waiting clients the preference is not applied") {
  OrdersAlone orders(R"({"orders": {"wait": {"maxWaiters": 2}}})");
  const Call first = open_order(orders, waiting(10));
  const Call second = open_order(orders, waiting(10));
  const Call third = open_order(orders, waiting(10));
  REQUIRE(third->done());
  CHECK(third->response->status == 201);
  CHECK(header_of(*third->response, "Preference-Applied").empty());
  orders.harness.advance(10s);
  CHECK(first->done());
  CHECK(second->done());
  CHECK_FALSE(open_order(orders, waiting(10))->done());
}

TEST_CASE("cancel and get are held until the cancellation is decided") {
  OrdersAlone orders;
  const std::string id = orders.place()["id"];
  const std::string path = "/v1/orders/" + id;
  orders.process(id, billing::OrderResult::processed);
  const auto canceled = orders.harness.open(http::Method::post, path + "/cancel", "", waiting(10));
  orders.harness.run_until_idle();
  const auto read = orders.harness.open(http::Method::get, path, "", waiting(10));
  orders.harness.run_until_idle();
  CHECK_FALSE(canceled->done());
  CHECK_FALSE(read->done());
  orders.refund(id);
  REQUIRE(canceled->done());
  REQUIRE(read->done());
  CHECK(canceled->response->status == 202);
  CHECK(json::parse(canceled->response->body)["status"] == "REFUNDED");
  CHECK(read->response->body == canceled->response->body);
  const auto at_once = orders.harness.call(http::Method::get, path, "", waiting(10));
  CHECK(header_of(at_once, "Preference-Applied") == "wait=10");
}

TEST_CASE("an order that is not there is not waited for") {
  OrdersAlone orders;
  const auto response = orders.harness.call(
      http::Method::get, "/v1/orders/01890a5d-ac96-774b-bcce-b302099a8057", "", waiting(10));
  CHECK(response.status == 404);
}

TEST_CASE("a repeated request that would wait gets the order as it is, not as it was") {
  OrdersAlone orders;
  http::Fields headers = waiting(10);
  headers.emplace_back("idempotency-key", "k-1");
  const Call first = open_order(orders, headers);
  const Call again = open_order(orders, headers);
  orders.process(newest_order(orders), billing::OrderResult::processed);
  REQUIRE(first->done());
  REQUIRE(again->done());
  CHECK(first->response->body == again->response->body);
  CHECK(header_of(*again->response, "Idempotent-Replayed") == "true");
}

TEST_CASE("a change that is undone wakes nobody, and the one that follows does") {
  OrdersAlone orders;
  const Call call = open_order(orders, waiting(10));
  const std::string id = newest_order(orders);
  orders.process("01890a5d-ac96-774b-bcce-b302099a8057", billing::OrderResult::processed);
  CHECK_FALSE(call->done());
  orders.process(id, billing::OrderResult::payment_declined, {"card_declined"});
  CHECK(call->done());
}

TEST_CASE("a node that stops while clients wait releases them without harm") {
  OrdersAlone orders;
  std::vector<Call> calls;
  for (int i = 0; i < 8; ++i)
    calls.push_back(open_order(orders, waiting(i + 1)));
  orders.harness.restart();
  orders.harness.advance(60s);
  for (const Call& call : calls)
    CHECK_FALSE(call->done());
  CHECK(orders.get("/v1/orders")["orders"].size() == 8);
}

}  // namespace
}  // namespace orderflow::orders
