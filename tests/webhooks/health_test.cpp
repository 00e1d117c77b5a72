// How endpoints fare that do not do what they should.
#include "shop.hpp"

#include <doctest/doctest.h>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string here = "https://here.example/hooks";
const std::string there = "https://there.example/hooks";

TEST_CASE("410 disables the endpoint and cancels what waits for it") {
  Shop shop;
  const json endpoint = shop.add(here);
  shop.carrier.held.insert(here);
  shop.place(1);
  shop.settle(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(here, 410);
  shop.carrier.release(here);
  shop.harness.run_until_idle();
  const json gone = shop.get(Shop::path(endpoint));
  CHECK(gone.at("state") == "disabled");
  CHECK(gone.at("disabledBecause") == "it answered 410 Gone");
  CHECK(gone.at("waiting") == 0);
  CHECK(shop.deliveries() == Rows{"canceled|1"});
  CHECK(gone.at("missedAfter") == "1");
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 1);

  shop.carrier.answer(here, 200);
  CHECK(shop.send(Method::patch, Shop::path(endpoint), R"({"state":"enabled"})").status == 200);
  shop.place(3);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "3 order.created"});
  CHECK(shop.deliveries() == Rows{"canceled|1", "delivered|1"});
}

TEST_CASE("410 cancels what has failed before and waits for another attempt") {
  Shop shop(R"({"retryDelays": ["1h", "1h", "1h"], "concurrency": 1})");
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 500);
  for (int number = 1; number <= 3; ++number)
    shop.place(number);
  shop.harness.run_to_the_end(30min);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 3);
  shop.carrier.answer(here, 410);
  shop.harness.run_to_the_end(3h);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
  for (const std::string& delivery : shop.deliveries())
    CHECK(delivery.starts_with("canceled|"));
  CHECK(shop.deliveries().size() == 3);
}

TEST_CASE("Retry-After holds the whole endpoint back") {
  Shop shop;
  shop.add(here);
  shop.carrier.answer(here, 429, {{"retry-after", "600"}});
  shop.place(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(here, 200);
  shop.place(2);
  shop.harness.advance(599s);
  CHECK(shop.carrier.requests.size() == 1);
  shop.harness.advance(2s);
  CHECK(shop.deliveries() == Rows{"delivered|2", "delivered|1"});
}

TEST_CASE("an endpoint that has failed for hours without a success is disabled") {
  Shop shop(R"({"disableAfterHours": 24, "retryDelays": ["10h", "10h", "10h", "10h"]})");
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 500);
  shop.place(1);
  shop.harness.run_to_the_end(20h);
  CHECK(shop.get(Shop::path(endpoint)).at("state") == "enabled");
  CHECK(shop.get(Shop::path(endpoint)).at("failuresInARow").get<int>() >= 2);
  shop.harness.run_to_the_end(48h);
  const json dead = shop.get(Shop::path(endpoint));
  CHECK(dead.at("state") == "disabled");
  CHECK(dead.at("disabledBecause").get<std::string>().starts_with("every attempt failed since"));
  // What waits is kept, and continues when the endpoint works again.
  CHECK(dead.at("waiting") == 1);
  shop.carrier.answer(here, 200);
  shop.send(Method::patch, Shop::path(endpoint), R"({"state":"enabled"})");
  shop.harness.run_to_the_end(24h);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
}

TEST_CASE("a disabled endpoint gets nothing, and of what happened meanwhile nothing later") {
  Shop shop;
  const json endpoint = shop.add(here);
  shop.send(Method::patch, Shop::path(endpoint), R"({"state":"disabled"})");
  shop.place(1);
  shop.harness.run_until_idle();
  shop.send(Method::patch, Shop::path(endpoint), R"({"state":"enabled"})");
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"2 order.created"});
}

TEST_CASE("an endpoint that never answers does not hold up another") {
  Shop shop(R"({"concurrency": 4})");
  shop.add(there);
  shop.add(here);
  shop.carrier.held.insert(there);
  for (int number = 1; number <= 9; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  shop.harness.advance(3s);
  CHECK(shop.carrier.to(there).size() == 4);
  CHECK(shop.carrier.to(here).size() == 9);
}

TEST_CASE("a dead endpoint is rarely asked, and recovers by itself without losing anything") {
  Shop shop;
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 0);
  for (int number = 1; number <= 9; ++number) {
    shop.place(number);
    shop.harness.run_until_idle();
  }
  // Five failures, then it rests.
  CHECK(shop.carrier.requests.size() == 5);
  shop.carrier.answer(here, 200);
  shop.harness.run_to_the_end(1h);
  const Rows states = shop.harness.rows("webhooks", "SELECT DISTINCT state FROM webhooks_delivery");
  CHECK(states == Rows{"delivered"});
  CHECK(shop.get(Shop::path(endpoint)).at("failuresInARow") == 0);
}

TEST_CASE("more than may wait disables an endpoint") {
  Shop shop(R"({"maxWaiting": 100})");
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 500);
  for (int number = 1; number <= 101; ++number) {
    shop.place(number);
    shop.harness.run_until_idle();
  }
  const json full = shop.get(Shop::path(endpoint));
  CHECK(full.at("state") == "disabled");
  CHECK(full.at("waiting") == 101);
  CHECK(full.at("disabledBecause") == "101 deliveries wait, and no more than 100 may");
}

}  // namespace
}  // namespace orderflow::webhooks
