// Webhooks from the real executable to a receiver that verifies with the reference library.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "receiver.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string>;

const Settings local{{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"},
                     {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE", "true"},
                     {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_RETRY_DELAYS", "50ms,100ms,200ms,1h"}};

/// What happens to an order that is paid for, and is told to endpoints that ask for all kinds.
const Texts course{"order.created", "order.processed"};

json add(HttpClient& client, const std::string& url, const json& kinds = course) {
  const auto response = client.post("/v1/webhooks", {{"url", url}, {"kinds", kinds}});
  REQUIRE_MESSAGE(response.status == 201, response.body);
  return response.json();
}

/// Registers a path of the receiver, which then verifies with the endpoint's secret.
json add(HttpClient& client, Receiver& receiver, const std::string& path, json rules = {}) {
  json endpoint = add(client, receiver.url(path));
  rules["secrets"] = json::array({endpoint.at("secret")});
  if (!rules.contains("status")) rules["status"] = 200;
  receiver.rule(path, rules);
  return endpoint;
}

std::string path_of(const json& endpoint) {
  return "/v1/webhooks/" + endpoint.at("id").get<std::string>();
}

std::vector<std::string> place_many(HttpClient& client, int count) {
  std::vector<std::string> orders;
  for (int n = 0; n < count; ++n)
    orders.push_back(place(client, order_of("u-" + std::to_string(n), 700)).at("id"));
  return orders;
}

std::vector<json> accepted(Receiver& receiver, const std::string& path) {
  auto requests = receiver.requests(path);
  std::erase_if(requests, [](const json& request) { return request.at("answered") != 200; });
  return requests;
}

std::set<std::string> ids_of(const std::vector<json>& requests) {
  std::set<std::string> ids;
  for (const json& request : requests)
    ids.insert(request.at("id"));
  return ids;
}

/// Waits until so many events were accepted at a path; the requests then.
std::vector<json> wait_for(Receiver& receiver, const std::string& path, std::size_t events) {
  std::vector<json> requests;
  wait_until(std::to_string(events) + " events at " + path, [&] {
    requests = accepted(receiver, path);
    return ids_of(requests).size() >= events;
  });
  return requests;
}

/// The kinds of each order in the order they were first accepted.
std::map<std::string, Texts> courses(const std::vector<json>& requests) {
  std::map<std::string, Texts> found;
  std::set<std::string> seen;
  for (const json& request : requests) {
    if (!seen.insert(request.at("id")).second) continue;
    const json event = json::parse(request.at("body").get<std::string>());
    found[event.at("subject")].push_back(event.at("type"));
  }
  return found;
}

void check_courses(const std::vector<json>& requests, const std::vector<std::string>& orders) {
  auto found = courses(requests);
  CHECK(found.size() == orders.size());
  for (const std::string& order : orders) {
    CAPTURE(order);
    CHECK(found[order] == course);
  }
}

TEST_CASE("the reference library accepts every webhook, in order by key, and no forgery") {
  TemporaryFolder folder;
  Receiver receiver;
  {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    for (const char* path : {"one", "two"})
      add(client, receiver, path);
    const auto orders = place_many(client, 50);
    for (const char* path : {"one", "two"}) {
      const auto requests = wait_for(receiver, path, 100);
      CHECK(requests.size() == 100);
      check_courses(requests, orders);
      for (const json& request : requests) {
        CHECK(request.at("valid") == json{true});
        CHECK(request.at("contentType") == "application/cloudevents+json; charset=utf-8");
      }
    }
    const json events = get(client, "/v1/events?kind=order.created&limit=1").at("events");
    const json first = receiver.requests("one").at(0);
    CHECK(json::parse(first.at("body").get<std::string>()) == events.at(0));
    CHECK(first.at("correlationId") == events.at(0).at("correlationid"));

    const json forged = receiver.forged("one");
    CHECK(forged.size() == 8);
    for (const auto& each : forged.items()) {
      CAPTURE(each.key());
      CHECK(each.value().is_null() == (each.key() == "untouched"));
    }
  }
  check_sound(folder.path());
}

TEST_CASE("addresses of this machine and of private networks cannot be registered") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  for (const char* host :
       {"localhost", "127.0.0.1", "0.0.0.0", "10.0.0.1", "192.168.0.1", "169.254.169.254", "[::1]",
        "[::ffff:127.0.0.1]", "[fd00::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
    CAPTURE(host);
    const auto response = client.post("/v1/webhooks", {{"url", "https://" + std::string(host)}});
    CHECK(response.status == 422);
    CHECK(response.json().at("errors").at(0).at("pointer") == "/url");
  }
  CHECK(client.post("/v1/webhooks", {{"url", "http://example.com/"}}).status == 422);
}

TEST_CASE("whatever a name or a spelling leads to, no private address is connected to") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<json> endpoints;
  {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    for (const char* host : {"localhost", "127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]",
                             "2130706433", "0x7f.1", "127.1", "169.254.169.254"}) {
      endpoints.push_back(add(client, receiver.url("guarded", host), {"order.created"}));
    }
    // The receiver can be reached by these: it is the guard that keeps them from it.
    for (std::size_t n = 0; n + 1 < endpoints.size(); ++n) {
      const auto tried = client.post(path_of(endpoints[n]) + "/test", json::object());
      CAPTURE(endpoints[n].at("url"));
      if (endpoints[n].at("url").get<std::string>().find("ffff") == std::string::npos) {
        CHECK(tried.json().at("delivered") == true);
      }
    }
  }
  const std::size_t before = receiver.requests("guarded").size();
  CHECK(before >= 5);
  Settings guarded = local;
  guarded[1].second = "false";
  Node node(folder.path(), guarded);
  HttpClient client(node.port());
  place_many(client, 1);
  for (const json& endpoint : endpoints) {
    CAPTURE(endpoint.at("url"));
    json delivery;
    wait_until("an attempt was refused", [&] {
      const json all = get(client, path_of(endpoint) + "/deliveries").at("deliveries");
      if (!all.empty()) delivery = all.at(0);
      return !all.empty() && all.at(0).at("attempts") > 0;
    });
    CHECK(delivery.at("state") == "due");
    CHECK(delivery.at("lastStatus") == nullptr);
    CHECK(delivery.at("lastError").get<std::string>().find("not a public one") !=
          std::string::npos);
    const auto tried = client.post(path_of(endpoint) + "/test", json::object()).json();
    CHECK(tried.at("delivered") == false);
  }
  CHECK(receiver.requests("guarded").size() == before);
}

TEST_CASE("dead endpoints of every sort do not slow one that works") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local);
  HttpClient client(node.port());
  for (int n = 0; n < 20; ++n) {
    add(client, receiver, "silent" + std::to_string(n), {{"silent", true}});
    add(client, receiver, "failing" + std::to_string(n), {{"status", 500}});
    add(client, "http://127.0.0.1:1/");
  }
  add(client, receiver, "good");
  const auto orders = place_many(client, 40);
  check_courses(wait_for(receiver, "good", 80), orders);
  // They have given nothing up: an attempt takes 20 s without an answer.
  for (int n = 0; n < 20; ++n)
    CHECK(receiver.requests("silent" + std::to_string(n)).size() <= 4);
}

TEST_CASE("the figures of a node tell how its webhooks fare") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local);
  HttpClient client(node.port());
  add(client, receiver, "good");
  add(client, receiver, "bad", {{"status", 500}});
  place_many(client, 3);
  wait_for(receiver, "good", 6);
  const auto figures = [&] { return client.get("/metrics").body; };
  wait_until("the figures have followed", [&] {
    const std::string text = figures();
    return text.find("\norderflow_webhook_attempts_total{outcome=\"accepted\"} 6\n") !=
               std::string::npos &&
           text.find("\norderflow_webhook_deliveries_waiting 6\n") != std::string::npos;
  });
  const std::string text = figures();
  CHECK(text.find("\norderflow_webhook_endpoints 2\n") != std::string::npos);
  CHECK(text.find("\norderflow_webhook_attempts_total{outcome=\"failed\"} 0\n") ==
        std::string::npos);
}

TEST_CASE("a redirect is not followed, and is a failure") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local);
  HttpClient client(node.port());
  const json endpoint = add(client, receiver, "moved",
                            {{"status", 302}, {"headers", {{"location", receiver.url("other")}}}});
  place_many(client, 1);
  wait_until("the redirect was met", [&] { return receiver.requests("moved").size() >= 2; });
  wait_until("the failure is told", [&] {
    const json all = get(client, path_of(endpoint) + "/deliveries").at("deliveries");
    return std::ranges::any_of(all, [](const json& one) { return one.at("lastStatus") == 302; });
  });
  CHECK(receiver.requests("other").empty());
}

TEST_CASE("an endpoint that answers 410 is disabled, and nothing more is sent to it") {
  TemporaryFolder folder;
  Receiver receiver;
  {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    const json endpoint = add(client, receiver, "gone", {{"status", 410}});
    place_many(client, 1);
    wait_until("it is disabled",
               [&] { return get(client, path_of(endpoint)).at("state") == "disabled"; });
    CHECK(get(client, path_of(endpoint)).at("disabledBecause") == "it answered 410 Gone");
    add(client, receiver, "witness");
    place_many(client, 3);
    wait_for(receiver, "witness", 6);
    CHECK(receiver.requests("gone").size() == 1);
    CHECK(get(client, path_of(endpoint) + "/deliveries?state=canceled").at("deliveries").size() >=
          1);
  }
  check_sound(folder.path());
}

TEST_CASE("after a rotation the old and the new secret both verify, then the new one alone") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local);
  HttpClient client(node.port());
  const json endpoint = add(client, receiver, "hooks");
  const auto rotate = [&](const json& body) {
    const auto response = client.post(path_of(endpoint) + "/rotate-secret", body);
    CHECK(response.status == 200);
    return response.json().at("secret").get<std::string>();
  };
  const std::string first = endpoint.at("secret");
  const std::string second = rotate(json::object());
  receiver.rule("hooks", {{"secrets", {first, second}}, {"status", 200}});
  place_many(client, 1);
  for (const json& request : wait_for(receiver, "hooks", 2))
    CHECK(request.at("valid") == json{true, true});

  const std::string third = rotate({{"overlapHours", 0}});
  receiver.rule("hooks", {{"secrets", {first, second, third}}, {"status", 200}});
  place_many(client, 1);
  const auto requests = wait_for(receiver, "hooks", 4);
  for (std::size_t n = 2; n < requests.size(); ++n)
    CHECK(requests[n].at("valid") == json{false, false, true});
}

TEST_CASE("a stop lets the requests under way end, and nothing is sent twice because of it") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<std::string> orders;
  {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    add(client, receiver, "slow", {{"delayMs", 300}});
    orders = place_many(client, 8);
    wait_until("requests are under way", [&] { return !receiver.requests("slow").empty(); });
    node.stop();
  }
  Node node(folder.path(), local);
  check_courses(wait_for(receiver, "slow", 2 * orders.size()), orders);
  CHECK(receiver.requests("slow").size() == 2 * orders.size());
}

TEST_CASE("kills in the middle lose nothing, keep the order, and repeat only under the same id") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<std::string> orders;
  std::string secret;
  {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    secret = add(client, receiver, "hooks", {{"silent", true}}).at("secret");
    orders = place_many(client, 20);
    wait_until("requests are in flight", [&] { return receiver.requests("hooks").size() >= 4; });
    node.kill();
  }
  const json held = receiver.requests("hooks");
  receiver.rule("hooks", {{"secrets", {secret}}, {"status", 200}});
  for (int round = 0; round < 3; ++round) {
    Node node(folder.path(), local);
    HttpClient client(node.port());
    const std::size_t before = ids_of(accepted(receiver, "hooks")).size();
    for (const std::string& order : place_many(client, 20))
      orders.push_back(order);
    wait_for(receiver, "hooks", before + 5);
    node.kill();
  }
  {
    Node node(folder.path(), local);
    const auto requests = wait_for(receiver, "hooks", 2 * orders.size());
    check_courses(requests, orders);
    for (const json& request : requests)
      CHECK(request.at("valid") == json{true});
    const auto ids = ids_of(requests);
    for (const json& request : held)
      CHECK(ids.contains(request.at("id")));
    // Of each round, no more than was in flight: four requests to one endpoint.
    CHECK(requests.size() <= ids.size() + 3 * 4);
  }
  check_sound(folder.path());
}

}  // namespace
}  // namespace orderflow::test
