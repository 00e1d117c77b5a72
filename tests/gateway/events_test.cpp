// What the gateway reports by itself is believed where it is signed, fresh, new, and fits.
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "core/digest.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <ctime>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr const char* route = "/v1/payments/gateway-events";

std::string signature(const std::string& secret, std::time_t moment, const std::string& body) {
  std::string hex;
  for (const std::uint8_t byte : core::hmac_sha256(secret, std::to_string(moment) + "." + body)) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return "t=" + std::to_string(moment) + ",v1=" + hex;
}

HttpResponse send_event(HttpClient& client, const json& event,
                        const std::string& secret = "whsec_test",
                        std::time_t moment = std::time(nullptr)) {
  const std::string body = event.dump();
  return client.send(
      "POST", route,
      {{"Content-Type", "application/json"}, {"Stripe-Signature", signature(secret, moment, body)}},
      body);
}

/// A node with one payment that the gateway is still at.
struct Waiting {
  Waiting() : node(folder.path(), gateway.settings()), client(node.port()) {
    order = place(client, order_of("ann", 1999, "pm_processing")).at("id");
    wait_until("the payment is processing", [&] { return status() == "PROCESSING"; });
    intent = gateway.books().at("intents").at(0);
    intent["status"] = "succeeded";
    intent["amount_received"] = 1999;
  }

  std::string status() {
    const json payments = payments_of(client, order);
    return payments.empty() ? "" : payments.at(0).at("status").get<std::string>();
  }
  static json event(const std::string& id, const std::string& type, const json& object) {
    return {{"id", id}, {"object", "event"}, {"type", type}, {"data", {{"object", object}}}};
  }
  json succeeded(const std::string& id) const {
    return event(id, "payment_intent.succeeded", intent);
  }

  TemporaryFolder folder;
  CardGatewayProcess gateway;
  Node node;
  HttpClient client;
  std::string order;
  json intent;
};

TEST_CASE("an event that is not signed, not fresh or not ours settles nothing") {
  Waiting waiting;
  const json event = waiting.succeeded("evt_1");
  const std::time_t now = std::time(nullptr);
  CHECK(send_event(waiting.client, event, "whsec_other").status == 400);
  CHECK(send_event(waiting.client, event, "whsec_test", now - 400).status == 400);
  CHECK(send_event(waiting.client, event, "whsec_test", now + 400).status == 400);
  const HttpResponse bare = waiting.client.post(route, event);
  CHECK(bare.status == 400);
  CHECK(bare.json().at("type") == "/problems/gateway-event-not-signed");
  const HttpResponse forged = send_event(waiting.client, event, "whsec_other");
  CHECK(forged.json().at("detail") == bare.json().at("detail"));

  const auto is_passed_over = [&](const json& event) {
    return send_event(waiting.client, event).status == 200 && waiting.status() == "PROCESSING";
  };
  json other = waiting.intent;
  other["amount"] = other["amount_received"] = 1998;
  CHECK(is_passed_over(Waiting::event("evt_2", "payment_intent.succeeded", other)));
  other = waiting.intent;
  other["currency"] = "usd";
  CHECK(is_passed_over(Waiting::event("evt_3", "payment_intent.succeeded", other)));
  other = waiting.intent;
  other["metadata"]["payment_id"] = "0190ffff-0000-7000-8000-000000000001";
  CHECK(is_passed_over(Waiting::event("evt_4", "payment_intent.succeeded", other)));
  other["metadata"] = json::object();
  CHECK(is_passed_over(Waiting::event("evt_5", "payment_intent.succeeded", other)));
  CHECK(is_passed_over(Waiting::event("evt_6", "customer.created", waiting.intent)));
  CHECK(waiting.status() == "PROCESSING");
}

TEST_CASE("a signed event that cannot be read is a 400, wherever it is broken") {
  Waiting waiting;
  const json whole = waiting.succeeded("evt_1");
  std::vector<json> events{{{"type", "payment_intent.succeeded"}}, json::array(), "text", 7};
  const auto with = [&](const char* pointer, const json& value) {
    json event = whole;
    event[json::json_pointer(pointer)] = value;
    events.push_back(std::move(event));
  };
  for (const char* object : {"/data", "/data/object"}) {
    for (const json& value : {json("text"), json(7), json::array({1}), json(nullptr)})
      with(object, value);
  }
  for (const char* text : {"/id", "/type", "/data/object/id", "/data/object/status"}) {
    for (const json& value : {json(7), json::array({1}), json::object(), json(nullptr)})
      with(text, value);
  }
  for (const json& amount : {json("1999"), json(19.99), json::object(), json(nullptr)})
    with("/data/object/amount", amount);
  with("/id", "../evil");
  with("/data/object/id", "../../../evil?x=");
  for (const json& event : events) {
    CAPTURE(event.dump());
    const HttpResponse answer = send_event(waiting.client, event);
    CHECK(answer.status == 400);
    CHECK(answer.json().at("type") == "/problems/gateway-event-not-valid");
  }
  CHECK(waiting.status() == "PROCESSING");
  CHECK(send_event(waiting.client, whole).status == 200);
  CHECK(waiting.status() == "CAPTURED");
}

TEST_CASE("an event settles its payment, and again it changes nothing") {
  Waiting waiting;
  const json event = waiting.succeeded("evt_1");
  CHECK(send_event(waiting.client, event).status == 200);
  CHECK(settled(waiting.client, waiting.order).at("status") == "PROCESSED");
  const std::size_t steps = steps_of(waiting.client, waiting.order).size();
  CHECK(send_event(waiting.client, event).status == 200);
  CHECK(send_event(waiting.client, waiting.succeeded("evt_2")).status == 200);
  CHECK(steps_of(waiting.client, waiting.order).size() == steps);
  CHECK(waiting.status() == "CAPTURED");
}

TEST_CASE("an event that was taken is not taken again with another content") {
  Waiting waiting;
  json other = waiting.intent;
  other["amount"] = 1998;
  CHECK(send_event(waiting.client, Waiting::event("evt_1", "payment_intent.succeeded", other))
            .status == 200);
  CHECK(send_event(waiting.client, waiting.succeeded("evt_1")).status == 200);
  CHECK(waiting.status() == "PROCESSING");
  CHECK(send_event(waiting.client, waiting.succeeded("evt_2")).status == 200);
  CHECK(waiting.status() == "CAPTURED");
}

TEST_CASE("a charge that the gateway has canceled is declined") {
  Waiting waiting;
  waiting.intent["status"] = "canceled";
  waiting.intent["amount_received"] = 0;
  CHECK(
      send_event(waiting.client, Waiting::event("evt_1", "payment_intent.canceled", waiting.intent))
          .status == 200);
  CHECK(settled(waiting.client, waiting.order).at("status") == "PAYMENT_DECLINED");
}

}  // namespace
}  // namespace orderflow::test
