// Webhooks from the real executable to a receiver that verifies with the reference library.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "endpoints.hpp"
#include "receiver.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;
TEST_CASE("the reference library accepts every webhook, in order by key, and no forgery") {
  TemporaryFolder folder;
  Receiver receiver;
  {
    Node node(folder.path(), local_webhooks);
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

TEST_CASE("dead endpoints of every sort do not slow one that works") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local_webhooks);
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

TEST_CASE("the metrics of a node show how its webhooks fare") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local_webhooks);
  HttpClient client(node.port());
  add(client, receiver, "good");
  add(client, receiver, "bad", {{"status", 500}});
  place_many(client, 3);
  wait_for(receiver, "good", 6);
  const auto metrics = [&] { return client.get("/metrics").body; };
  wait_until("the metrics have followed", [&] {
    const std::string text = metrics();
    return text.find("\norderflow_webhook_attempts_total{outcome=\"accepted\"} 6\n") !=
               std::string::npos &&
           text.find("\norderflow_webhook_deliveries_waiting 6\n") != std::string::npos;
  });
  const std::string text = metrics();
  CHECK(text.find("\norderflow_webhook_endpoints 2\n") != std::string::npos);
  CHECK(text.find("\norderflow_webhook_attempts_total{outcome=\"failed\"} 0\n") ==
        std::string::npos);
}

TEST_CASE("a redirect is not followed, and is a failure") {
  TemporaryFolder folder;
  Receiver receiver;
  Node node(folder.path(), local_webhooks);
  HttpClient client(node.port());
  const json endpoint = add(client, receiver, "moved",
                            {{"status", 302}, {"headers", {{"location", receiver.url("other")}}}});
  place_many(client, 1);
  wait_until("the redirect was met", [&] { return receiver.requests("moved").size() >= 2; });
  wait_until("the failure is shown", [&] {
    const json all = get(client, path_of(endpoint) + "/deliveries").at("deliveries");
    return std::ranges::any_of(all, [](const json& one) { return one.at("lastStatus") == 302; });
  });
  CHECK(receiver.requests("other").empty());
}

TEST_CASE("an endpoint that answers 410 is disabled, and nothing more is sent to it") {
  TemporaryFolder folder;
  Receiver receiver;
  {
    Node node(folder.path(), local_webhooks);
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
  Node node(folder.path(), local_webhooks);
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

}  // namespace
}  // namespace orderflow::test
