// The module with endpoints that the test plays: what is sent, in which order, and what becomes of
// it.
#include "webhook_shop.hpp"
#include "webhooks/signature.hpp"

#include <doctest/doctest.h>

#include <map>
#include <tuple>
#include <utility>

namespace orderflow::notifications::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string here = "https://here.example/hooks";
const std::string there = "https://there.example/hooks";

std::vector<std::string> subjects(const std::vector<outbound::HttpRequest>& requests) {
  std::vector<std::string> found;
  for (const auto& request : requests) {
    const json event = json::parse(request.body);
    const std::string order = event.at("subject");
    found.push_back(order.substr(order.size() - 1) + " " + event.at("type").get<std::string>());
  }
  return found;
}

/// As an operator does it: the subscription falls behind.
void pause(Shop& shop, bool paused) {
  shop.harness.write(events::event_owner, [&](events::Turn& turn) {
    auto& operations = shop.harness.node().dispatcher().operations();
    const auto done = operations.set_paused(turn.db().connection(), {"ada", "call-1"},
                                            "notifications.webhooks", paused);
    REQUIRE(done.has_value());
  });
}

TEST_CASE("an event goes to an endpoint as the log shows it, signed, with its trace") {
  Shop shop;
  const json endpoint = shop.add(here);
  const auto event = shop.place(1);
  shop.harness.run_until_idle();
  REQUIRE(shop.carrier.requests.size() == 1);
  const outbound::HttpRequest& request = shop.carrier.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.url == here);
  CHECK(request.timeout == 20s);
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
  shop.add(here, {"order.processed"});
  shop.add(there);
  shop.place(2);
  shop.settle(2);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.to(here)) == Rows{"2 order.processed"});
  CHECK(subjects(shop.carrier.to(there)) == Rows{"2 order.created", "2 order.processed"});
}

TEST_CASE("an owner who asks for more kinds misses nothing that was asked for before") {
  Shop shop;
  const json endpoint = shop.add(here, {"order.created"});
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
  shop.add(here, {"payment.refunded"});
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries().empty());
  CHECK(shop.harness.rows("notifications", "SELECT 1 FROM notifications_webhook_message").empty());
  CHECK(shop.harness.status("notifications.webhooks").settled.value() == 2);
}

TEST_CASE("a failed delivery is repeated on its schedule with the same id and body") {
  Shop shop;
  shop.add(here);
  shop.carrier.answer(here, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1"});
  shop.harness.advance(4s);
  CHECK(shop.carrier.requests.size() == 1);
  shop.harness.advance(2s);
  CHECK(shop.carrier.requests.size() == 2);
  shop.carrier.answer(here, 204);
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

TEST_CASE("what is behind in a key waits, other keys go on") {
  Shop shop;
  shop.add(here);
  shop.carrier.answer(here, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.settle(1);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1", "parked|0"});
  shop.carrier.answer(here, 200);
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.deliveries() == Rows{"due|1", "parked|0", "delivered|1"});
  shop.harness.run_to_the_end(1min);
  CHECK(subjects(shop.carrier.requests) ==
        Rows{"1 order.created", "2 order.created", "1 order.created", "1 order.processed"});
}

TEST_CASE("after the last attempt a delivery has failed, and its key goes on") {
  Shop shop(R"({"retryDelays": ["1s"]})");
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 0);
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

TEST_CASE("failed deliveries are sent again on demand, one or all, with the same id") {
  Shop shop(R"({"retryDelays": ["1s"]})");
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 503);
  shop.place(1);
  shop.place(2);
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"failed|2", "failed|2"});

  shop.carrier.answer(here, 200);
  const std::string path = Shop::path(endpoint);
  const std::size_t before = shop.carrier.requests.size();
  CHECK(shop.send(Method::post, path + "/deliveries/1/resend").status == 202);
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"delivered|3", "failed|2"});
  CHECK(header_of(shop.carrier.requests[before], "webhook-id") ==
        header_of(shop.carrier.requests[0], "webhook-id"));
  const http::Response rest = shop.send(Method::post, path + "/resend-failed");
  CHECK(json::parse(rest.body) == json{{"resent", 1}, {"more", false}});
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"delivered|3", "delivered|3"});
  CHECK(shop.send(Method::post, path + "/deliveries/77/resend").status == 404);
}

TEST_CASE("what still waits cannot be sent again") {
  Shop shop;
  const json endpoint = shop.add(here);
  shop.carrier.answer(here, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.send(Method::post, Shop::path(endpoint) + "/deliveries/1/resend").status == 409);
}

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
  CHECK(shop.deliveries() == Rows{"canceled|1", "canceled|0"});
  shop.place(2);
  shop.harness.run_until_idle();
  CHECK(shop.carrier.requests.size() == 1);

  shop.carrier.answer(here, 200);
  CHECK(shop.send(Method::patch, Shop::path(endpoint), R"({"state":"enabled"})").status == 200);
  shop.place(3);
  shop.harness.run_until_idle();
  CHECK(subjects(shop.carrier.requests) == Rows{"1 order.created", "3 order.created"});
  CHECK(shop.deliveries() == Rows{"canceled|1", "canceled|0", "delivered|1"});
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
  // What waits is kept, and goes on when the endpoint is mended.
  CHECK(dead.at("waiting") == 1);
  shop.carrier.answer(here, 200);
  shop.send(Method::patch, Shop::path(endpoint), R"({"state":"enabled"})");
  shop.harness.run_to_the_end(24h);
  CHECK(shop.get(Shop::path(endpoint)).at("waiting") == 0);
}

TEST_CASE("after a rotation both secrets sign for a while, then the new one alone") {
  Shop shop;
  const json endpoint = shop.add(here);
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
  const json endpoint = shop.add(here);
  shop.send(Method::post, Shop::path(endpoint) + "/rotate-secret", R"({"overlapHours": 0})");
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(header_of(shop.carrier.requests[0], "webhook-signature").find(' ') == std::string::npos);
}

TEST_CASE("a secret is shown when it is made, and never again") {
  Shop shop;
  const json endpoint = shop.add(here);
  CHECK(endpoint.at("secret").get<std::string>().size() == 6 + 44);
  CHECK_FALSE(shop.get(Shop::path(endpoint)).contains("secret"));
  CHECK(shop.get("/v1/webhooks").dump().find("whsec_") == std::string::npos);
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

TEST_CASE("a restart goes on where it was: what was in flight is repeated under its id") {
  Shop shop;
  shop.add(here);
  shop.carrier.held.insert(here);
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

TEST_CASE("a dead endpoint is left in peace, and heals by itself without losing anything") {
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
  const Rows states = shop.harness.rows(
      "notifications", "SELECT DISTINCT state FROM notifications_webhook_delivery");
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
  CHECK(full.at("waiting") == 100);
  CHECK(full.at("disabledBecause") == "100 deliveries wait, which is the most that may");
}

TEST_CASE("a deleted endpoint leaves nothing, and what is under way to it is forgotten") {
  Shop shop;
  const json endpoint = shop.add(here);
  shop.carrier.held.insert(here);
  shop.place(1);
  shop.settle(1);
  shop.harness.run_until_idle();
  CHECK(shop.send(Method::del, Shop::path(endpoint)).status == 204);
  CHECK(shop.send(Method::get, Shop::path(endpoint)).status == 404);
  CHECK(shop.send(Method::del, Shop::path(endpoint)).status == 404);
  shop.carrier.release(here);
  shop.harness.run_until_idle();
  for (const char* table : {"endpoint", "delivery", "message", "attempt"}) {
    CHECK(shop.harness
              .rows("notifications", "SELECT 1 FROM notifications_webhook_" + std::string(table))
              .empty());
  }
}

TEST_CASE("what has ended long ago is removed, what waits is kept") {
  Shop shop(R"({"keepHours": 1})");
  shop.add(here);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(here, 500);
  shop.place(2);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.harness.rows("notifications", "SELECT seq FROM notifications_webhook_message") ==
        Rows{"2"});
  CHECK(shop.harness.rows("notifications",
                          "SELECT removed_to FROM notifications_webhook_endpoint") == Rows{"1"});
  CHECK(shop.harness.rows("notifications",
                          "SELECT DISTINCT seq FROM notifications_webhook_attempt") == Rows{"2"});
}

TEST_CASE("an owner tries an endpoint out and is told how it went") {
  Shop shop;
  const json endpoint = shop.add(here);
  const auto tried = [&] {
    return json::parse(shop.send(Method::post, Shop::path(endpoint) + "/test").body);
  };
  const json good = tried();
  CHECK(good.at("delivered") == true);
  CHECK(good.at("status") == 200);
  CHECK(json::parse(shop.carrier.requests[0].body).at("type") == "webhook.test");
  CHECK(header_of(shop.carrier.requests[0], "webhook-id") == good.at("webhookId"));
  shop.carrier.answer(here, 404);
  const json bad = tried();
  CHECK(bad.at("delivered") == false);
  CHECK(bad.at("error") == "answered 404");
  CHECK(shop.deliveries().empty());
}

TEST_CASE("a bad registration is refused, naming each field") {
  Shop shop;
  const auto pointers = [&](Method method, const std::string& path, const std::string& body) {
    const http::Response response = shop.send(method, path, body);
    CHECK(response.status == 422);
    Rows found;
    const json document = json::parse(response.body);
    for (const json& error : document.at("errors"))
      found.push_back(error.at("pointer"));
    return found;
  };
  const std::string all = "/v1/webhooks";
  CHECK(pointers(Method::post, all, "{}") == Rows{"/url"});
  CHECK(pointers(Method::post, all, "[]") == Rows{""});
  CHECK(pointers(Method::post, all, R"({"url": 7, "kinds": "all", "description": 1, "a": 1})") ==
        Rows{"/a", "/url", "/description", "/kinds"});
  CHECK(pointers(Method::post, all, R"({"url": "http://example.com/", "kinds": ["x", 1]})") ==
        Rows{"/url", "/kinds/0", "/kinds/1"});
  // What never leaves the node cannot be asked for.
  CHECK(pointers(Method::post, all,
                 R"({"url": "https://example.com/", "kinds": ["payment.requested"]})") ==
        Rows{"/kinds/0"});
  CHECK(shop.send(Method::post, all, "{").status == 400);
  const std::string path = Shop::path(shop.add(here));
  CHECK(pointers(Method::patch, path, R"({"state": "asleep"})") == Rows{"/state"});
  CHECK(pointers(Method::post, path + "/rotate-secret", R"({"overlapHours": 721})") ==
        Rows{"/overlapHours"});
  CHECK(shop.send(Method::get, "/v1/webhooks/nothing").status == 404);
  CHECK(shop.send(Method::get, path + "/deliveries?state=asleep").status == 400);
}

TEST_CASE("there is a most of endpoints, and lists come in pages") {
  Shop shop(R"({"maxEndpoints": 3})");
  Rows ids;
  for (int n = 0; n < 3; ++n)
    ids.push_back(shop.add(here).at("id"));
  CHECK(shop.send(Method::post, "/v1/webhooks", R"({"url": "https://example.com/"})").status ==
        409);
  const json first = shop.get("/v1/webhooks?limit=2");
  REQUIRE(first.at("webhooks").size() == 2);
  CHECK(first["webhooks"][0].at("id") == ids[0]);
  const json second = shop.get("/v1/webhooks?limit=2&after=" + first.at("next").get<std::string>());
  REQUIRE(second.at("webhooks").size() == 1);
  CHECK(second["webhooks"][0].at("id") == ids[2]);
  CHECK(second.at("next") == nullptr);
}

TEST_CASE("hundreds of endpoints all get everything, in order") {
  Shop shop;
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
      const std::int64_t place = std::stoll(event.at("sequence").get<std::string>());
      CHECK(std::exchange(last[event.at("subject")], place) < place);
    }
  }
}

}  // namespace
}  // namespace orderflow::notifications::webhooks
