// Endpoints' positions in the log: what has a row and when, what a crash repeats, what is kept for
// which of them.
#include "shop.hpp"

#include "events/operations/operations.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string near_url = "https://here.example/hooks";
const std::string far_url = "https://there.example/hooks";

std::size_t count(Shop& shop, const std::string& table) {
  return shop.harness.rows("webhooks", "SELECT 1 FROM webhooks_" + table).size();
}

TEST_CASE("the commit that publishes an event writes nothing for endpoints") {
  Shop shop;
  shop.add(near_url);
  shop.carrier.held.insert(near_url);
  for (int number = 1; number <= 20; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 4);
  CHECK(count(shop, "delivery") == 0);
  CHECK(count(shop, "message") == 0);
  shop.carrier.release(near_url);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows(20, "delivered|1"));
  CHECK(count(shop, "message") == 0);
}

TEST_CASE("an endpoint that is down has rows for what it was sent, and all else waits in the log") {
  Shop shop;
  const json endpoint = shop.add(near_url);
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 200; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 5);
  CHECK(shop.deliveries() == Rows(5, "due|1"));
  const json shown = shop.get(Shop::path(endpoint));
  CHECK(shown.at("waiting") == 200);
  CHECK(shown.at("waitingAtLeast") == false);
  CHECK(shop.harness.status("webhooks.send").finished_to == events::Seq{5});
  // It is the endpoint that nothing goes to, not the node that is stuck.
  CHECK(shop.harness.status("webhooks.send").gate_closed);

  shop.carrier.answer(near_url, 200);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.deliveries().size() == 200);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
  CHECK(shop.harness.status("webhooks.send").finished_to == events::Seq{200});
  CHECK_FALSE(shop.harness.status("webhooks.send").gate_closed);
}

TEST_CASE("a crash repeats what was in flight, and nothing that was delivered") {
  Shop shop;
  shop.add(near_url);
  for (int number = 1; number <= 30; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  shop.carrier.held.insert(near_url);
  for (int number = 31; number <= 60; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 34);
  shop.carrier.abandon();
  shop.carrier.held.clear();
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 64);
  std::set<std::string> ids;
  for (const auto& request : shop.carrier.requests)
    ids.insert(header_of(request, "webhook-id"));
  CHECK(ids.size() == 60);
  CHECK(shop.deliveries() == Rows(60, "delivered|1"));
}

TEST_CASE("a crash repeats what was in flight though others were taken and delivered behind it") {
  Shop shop;
  shop.add(near_url);
  shop.carrier.held.insert(near_url);
  shop.place(1);
  shop.harness.run_until_idle();
  // The first one waits for its answer, the others have theirs.
  shop.carrier.held.clear();
  for (int number = 2; number <= 9; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows(8, "delivered|1"));
  CHECK(shop.harness.status("webhooks.send").finished_to == events::Seq{0});
  shop.carrier.abandon();
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 10);
  CHECK(shop.deliveries() == Rows(9, "delivered|1"));
}

TEST_CASE("endpoints whose kinds do not come cost no write, also over a restart") {
  Shop shop(R"({"maxEndpoints": 1000})");
  for (int n = 0; n < 50; ++n)
    shop.add("https://e" + std::to_string(n) + ".example/", {"payment.refunded"});
  const auto written = [&] {
    return shop.harness.rows("webhooks", "SELECT sum(cursor) FROM webhooks_endpoint");
  };
  const Rows before = written();
  for (int number = 1; number <= 1500; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(written() == before);
  CHECK(shop.harness.status("webhooks.send").finished_to == events::Seq{1500});
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.empty());
  CHECK(written() == before);
}

TEST_CASE("an endpoint that is far behind does not hold up another, and catches up by itself") {
  Shop shop;
  shop.add(near_url);
  shop.add(far_url);
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 700; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.to(far_url).size() == 700);
  shop.harness.restart();
  shop.carrier.answer(near_url, 200);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.deliveries().size() == 1400);
  CHECK(shop.carrier.to(far_url).size() == 700);
}

TEST_CASE("a key waits behind its first attempt in memory, and behind a failed one with a row") {
  Shop shop;
  shop.add(near_url);
  shop.carrier.held.insert(near_url);
  shop.place(1);
  shop.settle(1);
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "2 order.created"});
  CHECK(shop.deliveries().empty());
  shop.carrier.answer(near_url, 500);
  shop.carrier.release(near_url);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1", "parked|0", "due|1"});
}

TEST_CASE("an endpoint that is down has few rows though keys repeat, and gets all in order") {
  Shop shop;
  shop.add(near_url);
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 5; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  const auto settle_all = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (int number = 1; number <= 5; ++number)
        shop.settle(number);
    }
    shop.harness.run_to_the_end(2min);
  };
  settle_all(12);
  CHECK(shop.deliveries().size() == 5);
  // More than may be set aside in memory is parked.
  settle_all(40);
  shop.carrier.answer(near_url, 200);
  shop.harness.run_to_the_end(24h);
  CHECK(shop.deliveries().size() == 265);
  std::map<std::string, std::int64_t> last;
  std::set<std::string> seen;
  for (const auto& request : shop.carrier.requests) {
    if (!seen.insert(header_of(request, "webhook-id")).second) continue;
    const json event = json::parse(request.body);
    const std::int64_t position = std::stoll(event.at("sequence").get<std::string>());
    CHECK(std::exchange(last[event.at("subject")], position) < position);
  }
}

TEST_CASE(
    "an owner who changes kinds gets of what waits what was asked for when it was published") {
  Shop shop;
  const json endpoint = shop.add(near_url, {"order.created"});
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 7; ++number) {
    shop.place(number);
    shop.settle(number);
  }
  shop.harness.run_until_idle();
  REQUIRE(
      shop.send(Method::patch, Shop::path(endpoint), R"({"kinds": ["order.processed"]})").status ==
      200);
  shop.place(8);
  shop.settle(8);
  shop.harness.restart();
  shop.carrier.answer(near_url, 200);
  shop.harness.run_to_the_end(2h);
  std::multiset<std::string> got;
  for (const auto& request : shop.carrier.requests)
    got.insert(json::parse(request.body).at("type").get<std::string>());
  CHECK(shop.deliveries().size() == 8);
  CHECK(got.count("order.processed") == 1);
}

TEST_CASE("a disabled endpoint gets later what waited, and nothing of what came meanwhile") {
  Shop shop;
  const json endpoint = shop.add(near_url);
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 8; ++number)
    shop.place(number);
  shop.harness.run_until_idle();
  shop.send(Method::patch, Shop::path(endpoint), R"({"state": "disabled"})");
  shop.place(9);
  shop.harness.run_until_idle();
  const json disabled = shop.get(Shop::path(endpoint));
  CHECK(disabled.at("missedAfter") == "8");
  CHECK(disabled.at("waiting") == 8);
  CHECK(shop.harness.status("webhooks.send").finished_to == events::Seq{9});
  shop.carrier.answer(near_url, 200);
  shop.send(Method::patch, Shop::path(endpoint), R"({"state": "enabled"})");
  shop.place(1);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.deliveries().size() == 9);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
}

TEST_CASE("the log is kept for an endpoint that is behind, and rows go with their events") {
  Shop shop("{}", 1h);
  shop.add(near_url);
  shop.add(far_url, {"order.processed"});
  shop.carrier.answer(near_url, 0);
  for (int number = 1; number <= 1100; ++number)
    shop.place(number);
  shop.settle(1);
  shop.harness.run_until_idle();
  shop.harness.advance(2h);
  shop.harness.restart();
  shop.harness.run_to_the_end(1min);
  CHECK(shop.harness.log().front()->meta().seq <= events::Seq{6});

  shop.carrier.answer(near_url, 200);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.deliveries().size() == 1102);
  // Whatever is written takes the position with it.
  shop.place(1);
  shop.harness.run_until_idle();
  shop.harness.restart();
  shop.harness.run_to_the_end(5min);
  CHECK(shop.harness.log().size() < 200);
  CHECK(shop.deliveries().size() < 200);
}

TEST_CASE("a paused subscription receives nothing new, and continues at once when it is resumed") {
  Shop shop;
  shop.add(near_url);
  const auto pause = [&](bool paused) {
    shop.harness.write(events::event_owner, [&](events::Turn& turn) {
      auto& operations = shop.harness.node().dispatcher().operations();
      REQUIRE(
          operations.set_paused(turn.db().connection(), {"ada", "call-1"}, "webhooks.send", paused)
              .has_value());
    });
  };
  pause(true);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.empty());
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.empty());
  pause(false);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 1);
}

TEST_CASE("of an event that came for two modules an endpoint gets the first copy") {
  Shop shop;
  shop.add(near_url);
  const auto arrive = [&](int number, const std::string& audience) {
    shop.harness.write(events::event_owner, [&](events::Turn& turn) {
      turn.db().execute(
          "INSERT INTO event_log(seq, id, kind, version, key, origin, home, correlation_id,"
          " traceparent, occurred_at, payload, audience) VALUES ("
          "(SELECT coalesce(max(seq), 0) + 1 FROM event_log), ?1, 'order.created', 1, ?2,"
          " 'shop/orders', 'shop', 'c', '', 1, '{}', ?3)",
          *core::Uuid::parse(order_id(number)), order_id(number), audience);
    });
  };
  arrive(1, "notifications");
  arrive(1, "webhooks");
  arrive(2, "webhooks");
  arrive(2, "notifications");
  arrive(3, "users");
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "2 order.created"});
}

}  // namespace
}  // namespace orderflow::webhooks
