// Endpoints that change in the very commit in which events are published: what is delivered of them
// is what the endpoints' rows hold.
#include "shop.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string url = "https://here.example/hooks";

/// A request whose change is in one commit with what the test writes next, and before it.
std::shared_ptr<test::ModuleHarness::OpenCall> ask_in_next_commit(Shop& shop, Method method,
                                                                  const std::string& target,
                                                                  const json& body) {
  auto call = shop.harness.open(method, target, body.dump());
  shop.harness.step();
  REQUIRE_FALSE(call->done());
  return call;
}

TEST_CASE(
    "an endpoint receives what is published in the commit that registers it, from that commit on") {
  Shop shop;
  const auto call = ask_in_next_commit(shop, Method::post, "/v1/webhooks", {{"url", url}});
  shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(call->done());
  CHECK(call->response->status == 201);
  CHECK(subjects(shop.carrier.to(url)) == Rows{"1 order.created"});
}

TEST_CASE("an endpoint that wants other kinds gets them from the commit of its change on") {
  Shop shop;
  const json endpoint = shop.add(url, {"order.processed"});
  const auto call =
      ask_in_next_commit(shop, Method::patch, Shop::path(endpoint), {{"kinds", {"order.created"}}});
  shop.harness.write("orders", [](events::Turn& turn) {
    turn.publish(order_id(1), sample_order(1));
    turn.publish(order_id(1), sample_outcome(billing::OrderResult::processed, 1));
  });
  shop.harness.run_until_idle();
  REQUIRE(call->done());
  CHECK(call->response->status == 200);
  CHECK(subjects(shop.carrier.to(url)) == Rows{"1 order.created"});
}

TEST_CASE("an endpoint that is disabled receives nothing that is published in that commit") {
  Shop shop;
  const json endpoint = shop.add(url);
  const auto call =
      ask_in_next_commit(shop, Method::patch, Shop::path(endpoint), {{"state", "disabled"}});
  shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(call->done());
  CHECK(call->response->status == 200);
  CHECK(shop.deliveries().empty());
}

TEST_CASE("what is published in the commit of an endpoint's 410 does not wait for it") {
  Shop shop;
  const json endpoint = shop.add(url);
  shop.carrier.held.insert(url);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(url, 410);
  shop.carrier.release(url);
  shop.harness.step();
  shop.settle(1);
  shop.harness.run_until_idle();
  REQUIRE(shop.get(Shop::path(endpoint)).at("state") == "disabled");
  CHECK(shop.deliveries() == Rows{"canceled|1"});

  shop.carrier.answer(url, 200);
  REQUIRE(shop.send(Method::patch, Shop::path(endpoint), R"({"state": "enabled"})").status == 200);
  shop.place(2);
  shop.harness.run_to_the_end(1h);
  CHECK(shop.deliveries() == Rows{"canceled|1", "delivered|1"});
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
}

TEST_CASE(
    "more events than may wait in one commit disable an endpoint, which shows from where on") {
  Shop shop(R"({"maxWaiting": 100})");
  const json endpoint = shop.add(url);
  shop.carrier.held.insert(url);
  shop.harness.write("orders", [](events::Turn& turn) {
    for (int number = 1; number <= 150; ++number)
      turn.publish(order_id(number), sample_order(number));
  });
  shop.harness.run_until_idle();
  const json full = shop.get(Shop::path(endpoint));
  CHECK(full.at("state") == "disabled");
  CHECK(full.at("missedAfter") == "150");
  // What waits continues when it is enabled again.
  shop.carrier.release(url);
  shop.place(151);
  CHECK(shop.send(Method::patch, Shop::path(endpoint), R"({"state": "enabled"})").status == 200);
  shop.harness.run_to_the_end(1h);
  CHECK(shop.deliveries() == Rows(150, "delivered|1"));
}

TEST_CASE("a commit that is undone changes nothing of what is delivered") {
  Shop shop;
  const json endpoint = shop.add(url, {"order.created"});
  CHECK_THROWS_AS(
      shop.harness.write("webhooks",
                         [&](events::Turn& turn) {
                           turn.db().execute("UPDATE webhooks_endpoint SET state = 'disabled'");
                           throw std::runtime_error("undone");
                         }),
      std::runtime_error);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"delivered|1"});
}

}  // namespace
}  // namespace orderflow::webhooks
