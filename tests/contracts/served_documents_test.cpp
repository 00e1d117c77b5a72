// The served contract belongs to the node that serves it, and to the program that prints it.
#include "acceptance/support/event_stream.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "contract_client.hpp"
#include "core/digest.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

TEST_CASE("what the live stream sends is as the contract describes it") {
  TemporaryFolder folder;
  Node node(folder.path());
  const ApiContract contract = served_contract(node.port());
  EventStream stream(node.port(), "0");
  HttpClient client(node.port());
  place(client, order_of("ada", 700));
  for (const char* kind : {"order.created", "payment.requested", "order.processed"}) {
    EventStream::Message message = stream.next();
    while (message.event.starts_with("notification."))
      message = stream.next();
    CHECK(message.event == kind);
    for (const std::string& fault : contract.faults_of("CloudEvent", message.data))
      FAIL_CHECK(fault);
  }
}

/// A node that charges cards takes events of the gateway besides.
const Settings charging{{"ORDERFLOW_BILLING_GATEWAY_KIND", "card"},
                        {"ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL", "http://127.0.0.1:1"},
                        {"ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY", "sk_test_key"},
                        {"ORDERFLOW_BILLING_GATEWAY_CARD_WEBHOOK_SECRET", "whsec_test"}};

HttpHeaders signed_by_gateway(const std::string& body) {
  const std::string now = std::to_string(std::time(nullptr));
  std::string hex;
  for (const std::uint8_t byte : core::hmac_sha256("whsec_test", now + "." + body)) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return {{"Stripe-Signature", "t=" + now + ",v1=" + hex}};
}

TEST_CASE("the route of the card gateway answers as the contract describes it") {
  TemporaryFolder folder;
  Node node(folder.path(), charging);
  ApiContract contract = served_contract(node.port());
  ContractClient client(node.port(), contract);
  const std::string route = "/v1/payments/gateway-events";
  const json event = {{"id", "evt_1"},
                      {"type", "payment_intent.created"},
                      {"data", {{"object", {{"object", "payment_intent"}, {"id", "pi_1"}}}}}};
  client.expect(200, "POST", route, event, signed_by_gateway(event.dump()));
  client.refuse("gateway-event-not-signed", "POST", route, event, {{"Stripe-Signature", "t=1"}});
  client.refuse("gateway-event-not-valid", "POST", route, "{}", signed_by_gateway("{}"));
  for (const std::string& answer : contract.unseen())
    CHECK_FALSE_MESSAGE(answer.starts_with("takeGatewayEvent"), "never seen: ", answer);
}

std::string printed(const std::string& command) {
  Process printer({.executable = ORDERFLOW_EXECUTABLE, .arguments = {command}});
  CHECK(printer.wait(std::chrono::seconds(60)) == ExitStatus{.code = 0});
  return printer.output();
}

TEST_CASE("the printed contracts are those of a node with every route") {
  TemporaryFolder folder;
  Node node(folder.path(), charging);
  HttpClient client(node.port());
  const std::string served = client.get("/openapi.json").body;
  CHECK_FALSE(json::parse(served).contains("x-undescribed"));
  CHECK(printed("openapi") == served);
  CHECK(printed("asyncapi") == client.get("/asyncapi.json").body);
}

TEST_CASE("a node without a module describes none of its routes") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_NODE_MODULES", "users"}});
  const ApiContract contract = served_contract(node.port());
  CHECK(contract.document().at("paths").contains("/v1/users/{userId}/statistics"));
  CHECK_FALSE(contract.document().at("paths").contains("/v1/orders"));
}

}  // namespace
}  // namespace orderflow::test
