// The module with endpoints that the test plays: what is sent, in which order, and what becomes of
// it.
#include "events/operations/operations.hpp"
#include "sending/signature.hpp"
#include "shop.hpp"

#include <doctest/doctest.h>

#include <map>
#include <tuple>
#include <utility>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string first_url = "https://here.example/hooks";
const std::string second_url = "https://there.example/hooks";

/// As an operator does it: the subscription falls behind.
void pause(Shop& shop, bool paused) {
  shop.harness.write(events::event_owner, [&](events::Turn& turn) {
    auto& operations = shop.harness.node().dispatcher().operations();
    const auto done =
        operations.set_paused(turn.db().connection(), {"ada", "call-1"}, "webhooks.send", paused);
    REQUIRE(done.has_value());
  });
}

TEST_CASE("an event goes to an endpoint as the log shows it, signed, with its trace") {
  Shop shop;
  const json endpoint = shop.add(first_url);
  const auto event = shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(shop.carrier.requests.size() == 1);
  const outbound::HttpRequest& request = shop.carrier.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.url == first_url);
  CHECK(request.timeout == 20s);
  // Whatever body follows a 2xx, the event has arrived.
  CHECK(request.need == outbound::AnswerNeed::status);
  const json document = json::parse(request.body);
  CHECK(document.at("specversion") == "1.0");
  CHECK(document.at("type") == "order.created");
  CHECK(document.at("subject") == order_id(1));
  CHECK(document.at("sequence") == std::to_string(event->meta().seq.value()));
  CHECK(document.at("data").at("orderId") == order_id(1));
  CHECK(header_of(request, "Content-Type") == "application/cloudevents+json; charset=utf-8");
  CHECK(header_of(request, "webhook-id") == event->meta().id.value().to_string());
  CHECK(header_of(request, "X-Correlation-ID") == event->meta().correlation_id);
  CHECK(header_of(request, "traceparent") == event->meta().traceparent);
  const core::Timestamp now = shop.harness.clock.now();
  CHECK(header_of(request, "webhook-timestamp") == timestamp_text(now));
  CHECK(header_of(request, "webhook-signature") ==
        signature({endpoint.at("secret")}, header_of(request, "webhook-id"), now, request.body));
  CHECK(shop.deliveries() == Rows{"delivered|1"});
}

TEST_CASE("an endpoint gets the kinds it asked for, and nothing from before it was there") {
  Shop shop;
  shop.place(1);
  shop.add(first_url, {"order.processed"});
  shop.add(second_url);
  shop.place(2);
  shop.settle(2);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.to(first_url)) == Rows{"2 order.processed"});
  CHECK(subjects(shop.carrier.to(second_url)) == Rows{"2 order.created", "2 order.processed"});
}

TEST_CASE("an owner who asks for more kinds misses nothing that was asked for before") {
  Shop shop;
  const json endpoint = shop.add(first_url, {"order.created"});
  pause(shop, true);
  shop.place(1);
  const http::Response changed = shop.send(Method::patch, Shop::path(endpoint),
                                           R"({"kinds": ["order.created", "order.processed"]})");
  CHECK(changed.status == 200);
  pause(shop, false);
  shop.settle(1);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "1 order.processed"});
}

TEST_CASE("what no endpoint wants leaves no rows") {
  Shop shop;
  shop.place(1);
  shop.harness.run_until_idle();
  shop.add(first_url, {"payment.refunded"});
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries().empty());
  CHECK(shop.harness.rows("webhooks", "SELECT 1 FROM webhooks_message").empty());
  CHECK(shop.harness.status("webhooks.send").finished_to.value() == 2);
}

TEST_CASE("the subscription shows how many deliveries have ended") {
  Shop shop;
  shop.add(first_url, {"order.created"});
  for (int n = 1; n <= 3; ++n)
    shop.place(n);
  shop.harness.run_until_idle();
  CHECK(shop.harness.status("webhooks.send").record.handled == 3);
}

TEST_CASE("a failed delivery is repeated on its schedule with the same id and body") {
  Shop shop;
  shop.add(first_url);
  shop.carrier.answer(first_url, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1"});
  shop.harness.advance(4s);
  CHECK(shop.carrier.requests.size() == 1);
  shop.harness.advance(2s);
  CHECK(shop.carrier.requests.size() == 2);
  shop.carrier.answer(first_url, 204);
  shop.harness.run_to_the_end(10min);
  REQUIRE(shop.carrier.requests.size() == 3);
  const auto& [first, second, third] =
      std::tie(shop.carrier.requests[0], shop.carrier.requests[1], shop.carrier.requests[2]);
  CHECK(first.body == third.body);
  CHECK(header_of(first, "webhook-id") == header_of(third, "webhook-id"));
  CHECK(header_of(first, "webhook-timestamp") != header_of(third, "webhook-timestamp"));
  CHECK(header_of(second, "webhook-signature") != header_of(third, "webhook-signature"));
  CHECK(shop.deliveries() == Rows{"delivered|3"});
}

TEST_CASE("a clock that steps back makes a delivery later, and not lost") {
  Shop shop;
  shop.add(first_url);
  shop.carrier.answer(first_url, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(first_url, 200);
  // The timer rings, and then it is not time yet.
  shop.harness.clock.advance(7s);
  shop.harness.step();
  shop.harness.clock.jump(-5s);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 1);
  shop.harness.advance(5s);
  CHECK(shop.deliveries() == Rows{"delivered|2"});
}

TEST_CASE(
    "a delivery that was planned while the clock was ahead comes when the clock is right again") {
  Shop shop;
  shop.add(first_url);
  shop.carrier.answer(first_url, 500);
  shop.harness.clock.jump(24h * 365);
  shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(shop.deliveries() == Rows{"due|1"});
  shop.carrier.answer(first_url, 200);
  shop.harness.clock.jump(-24h * 365);
  SUBCASE("the running node notices") {}
  SUBCASE("a start notices") {
    shop.harness.restart();
  }
  shop.place(2);
  shop.harness.advance(2min);
  CHECK(shop.deliveries() == Rows{"delivered|2", "delivered|1"});
}

TEST_CASE("later events of a key wait, other keys continue") {
  Shop shop;
  shop.add(first_url);
  shop.carrier.answer(first_url, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.settle(1);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1", "parked|0"});
  shop.carrier.answer(first_url, 200);
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1", "parked|0", "delivered|1"});
  shop.harness.run_to_the_end(1min);
  CHECK(subjects(shop.carrier.requests) ==
        Rows{"1 order.created", "2 order.created", "1 order.created", "1 order.processed"});
}

TEST_CASE("after the last attempt a delivery has failed, and its key continues") {
  Shop shop(R"({"retryDelays": ["1s"]})");
  const json endpoint = shop.add(first_url);
  shop.carrier.answer(first_url, 0);
  shop.place(1);
  shop.settle(1);
  shop.harness.run_until_idle();
  shop.harness.advance(2s);
  CHECK(shop.deliveries() == Rows{"failed|2", "due|1"});
  const json failed = shop.get(Shop::path(endpoint) + "/deliveries?state=failed");
  REQUIRE(failed.at("deliveries").size() == 1);
  CHECK(failed["deliveries"][0].at("lastError") == "connection refused");
  CHECK(failed["deliveries"][0].at("kind") == "order.created");

  const std::string sequence = failed["deliveries"][0].at("sequence");
  const json one = shop.get(Shop::path(endpoint) + "/deliveries/" + sequence);
  REQUIRE(one.at("history").size() == 2);
  CHECK(one["history"][1].at("number") == 2);
  CHECK(one["history"][1].at("status") == nullptr);
  CHECK(one["history"][1].at("error") == "connection refused");
  CHECK(one.at("body").at("type") == "order.created");
}

TEST_CASE("a page of deliveries looks at a bounded number, and all are found page by page") {
  Shop shop;
  const json endpoint = shop.add(first_url);
  shop.carrier.answer(first_url, 200);
  shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(shop.deliveries() == Rows{"delivered|1"});
  shop.harness.write("webhooks", [](events::Turn& turn) {
    const std::string numbers =
        "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 5000) ";
    turn.db().execute(numbers +
                      "INSERT INTO webhooks_message SELECT 1000 + n, randomblob(16),"
                      " 'order.created', 'c', '', '{}' FROM more");
    turn.db().execute(numbers +
                      "INSERT INTO webhooks_delivery SELECT endpoint_id, 1000 + n, key,"
                      " iif(n = 1, 'failed', state), attempts, attempts_before, due_at, created_at,"
                      " ended_at, last_status, last_error"
                      " FROM more, webhooks_delivery");
  });
  const std::string target = Shop::path(endpoint) + "/deliveries?state=failed";
  std::size_t found = 0;
  int pages = 0;
  for (std::string next = target; !next.empty();) {
    const json page = shop.get(next);
    found += page.at("deliveries").size();
    REQUIRE(++pages < 10);
    next = page.at("next").is_null() ? "" : target + "&after=" + page["next"].get<std::string>();
  }
  CHECK(found == 1);
  CHECK(pages == 3);
  CHECK(shop.get(Shop::path(endpoint) + "/deliveries?limit=100").at("deliveries").size() == 100);
}

TEST_CASE("after a rotation both secrets sign for a while, then the new one alone") {
  Shop shop;
  const json endpoint = shop.add(first_url);
  const http::Response rotated =
      shop.send(Method::post, Shop::path(endpoint) + "/rotate-secret", R"({"overlapHours": 2})");
  REQUIRE(rotated.status == 200);
  const std::string secret = json::parse(rotated.body).at("secret");
  CHECK(secret != endpoint.at("secret"));
  shop.place(1);
  shop.harness.run_until_idle();
  shop.harness.advance(3h);
  shop.place(2);
  shop.harness.run_until_idle();
  REQUIRE(shop.carrier.requests.size() == 2);
  const auto signed_by = [&](std::size_t at, const std::vector<std::string>& secrets,
                             core::Timestamp when) {
    const outbound::HttpRequest& request = shop.carrier.requests[at];
    return signature(secrets, header_of(request, "webhook-id"), when, request.body);
  };
  const core::Timestamp now = shop.harness.clock.now();
  CHECK(header_of(shop.carrier.requests[0], "webhook-signature") ==
        signed_by(0, {secret, endpoint.at("secret")}, now - 3h));
  CHECK(header_of(shop.carrier.requests[1], "webhook-signature") == signed_by(1, {secret}, now));
}

TEST_CASE("a leaked secret is replaced at once") {
  Shop shop;
  const json endpoint = shop.add(first_url);
  shop.send(Method::post, Shop::path(endpoint) + "/rotate-secret", R"({"overlapHours": 0})");
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(header_of(shop.carrier.requests[0], "webhook-signature").find(' ') == std::string::npos);
}

TEST_CASE("a restart resumes where it was: what was in flight is repeated under its id") {
  Shop shop;
  shop.add(first_url);
  shop.carrier.held.insert(first_url);
  shop.place(1);
  shop.settle(1);
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "2 order.created"});
  shop.carrier.abandon();
  shop.carrier.held.clear();
  shop.harness.restart();
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows(3, "delivered|1"));
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "2 order.created",
                                                "1 order.created", "2 order.created",
                                                "1 order.processed"});
  CHECK(header_of(shop.carrier.requests[0], "webhook-id") ==
        header_of(shop.carrier.requests[2], "webhook-id"));
}

TEST_CASE("hundreds of endpoints all get everything, in order") {
  Shop shop(R"({"maxEndpoints": 1000})");
  constexpr int endpoints = 300;
  for (int n = 0; n < endpoints; ++n)
    shop.add("https://e" + std::to_string(n) + ".example/");
  for (int number = 1; number <= 3; ++number) {
    shop.place(number);
    shop.settle(number);
  }
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == endpoints * 6);
  for (int n = 0; n < endpoints; ++n) {
    std::map<std::string, std::int64_t> last;
    for (const auto& request : shop.carrier.to("https://e" + std::to_string(n) + ".example/")) {
      const json event = json::parse(request.body);
      const std::int64_t position = std::stoll(event.at("sequence").get<std::string>());
      CHECK(std::exchange(last[event.at("subject")], position) < position);
    }
  }
}

}  // namespace
}  // namespace orderflow::webhooks
