// What the gateway answers, and what becomes of the order and of the money.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// The gateway's charge of a payment.
json intent_of(CardGatewayProcess& gateway, const std::string& payment_id) {
  const json books = gateway.books();
  for (const json& intent : books.at("intents")) {
    if (intent.at("metadata").at("payment_id") == payment_id) return intent;
  }
  return nullptr;
}

void wait_for_payment(HttpClient& client, const std::string& order, const std::string& status) {
  wait_until("the payment is " + status, [&] {
    const json payments = payments_of(client, order);
    return !payments.empty() && payments.at(0).at("status") == status;
  });
}

TEST_CASE("a declined card ends the order with a code, and nothing can be charged any more") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  Node node(folder.path(), gateway.settings());
  HttpClient client(node.port());
  const std::pair<const char*, const char*> declines[] = {
      {"pm_decline_insufficient_funds", "insufficient_funds"},
      {"pm_decline_expired_card", "expired_card"},
      {"pm_decline_stolen_card", "card_declined"},
      {"pm_action", "authentication_required"},
      {"pm_action_kept", "authentication_required"},
      {"pm_unknown", "payment_method_invalid"},
      {"", "payment_method_missing"}};
  for (const auto& [method, code] : declines) {
    const std::string shown = method;
    CAPTURE(shown);
    const json order = settled(client, place(client, order_of("ann", 1999, method)).at("id"));
    CHECK(order.at("status") == "PAYMENT_DECLINED");
    CHECK(order.at("reasons") == json::array({code}));
    const json payment = payments_of(client, order.at("id")).at(0);
    CHECK(payment.at("declineCode") == code);
    CHECK(payment.at("attempts") == 1);
    const json intent = intent_of(gateway, payment.at("id"));
    if (shown == "pm_action_kept") CHECK(intent.at("status") == "canceled");
    if (!intent.is_null()) CHECK(intent.at("amount_received") == 0);
  }
  const json small = settled(client, place(client, order_of("ann", 1, "pm_card_visa")).at("id"));
  CHECK(small.at("reasons") == json::array({"amount_too_small"}));
}

TEST_CASE("a charge whose answer is permanently an error is found by its metadata") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  gateway.behave({{"fault_rate", 1.0}, {"faults", json::array({"error_kept"})}});
  Settings settings = gateway.settings();
  settings.emplace_back("ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "10");
  settings.emplace_back("ORDERFLOW_BILLING_CAPTURE_RETRY_DELAY_MAX_MS", "10");
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  const json order = settled(client, place(client, order_of("ann", 1999, "pm_card_visa")).at("id"));
  CHECK(order.at("status") == "PROCESSED");
  const json books = gateway.books();
  CHECK(books.at("intents").size() == 1);
  CHECK(books.at("requests").at("charge") == 1);
  CHECK(books.at("requests").at("search") == 1);
}

TEST_CASE("a capture that is dead is settled by the reconciliation after a restart") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  gateway.behave({{"fault_rate", 1.0}, {"faults", json::array({"error_kept"})}});
  Settings settings = gateway.settings();
  settings.emplace_back("ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "1");
  std::string order;
  {
    Node node(folder.path(), settings);
    HttpClient client(node.port());
    order = place(client, order_of("ann", 1999, "pm_card_visa")).at("id");
    wait_until("the capture is dead", [&] {
      return get(client, "/v1/admin/subscriptions/billing.capture").at("dead") == 1;
    });
    CHECK(get(client, "/v1/orders/" + order).at("status") == "PENDING");
  }
  settings.emplace_back("ORDERFLOW_BILLING_RECONCILE_OLDER_THAN_MS", "100");
  settings.emplace_back("ORDERFLOW_BILLING_RECONCILE_EVERY_MS", "100");
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  CHECK(settled(client, order).at("status") == "PROCESSED");

  // The letter has nothing left to do.
  const json letters = get(client, "/v1/admin/dead-letters").at("deadLetters");
  REQUIRE(letters.size() == 1);
  client.post("/v1/admin/dead-letters/" + letters.at(0).at("id").get<std::string>() + "/replay",
              json::object());
  wait_until("no capture is dead", [&] {
    return get(client, "/v1/admin/subscriptions/billing.capture").at("dead") == 0;
  });
  const json books = gateway.books();
  CHECK(books.at("intents").size() == 1);
  CHECK(books.at("requests").at("charge") == 1);
}

TEST_CASE("a dead capture keeps its payment method while the gateway remembers its key") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  gateway.behave({{"fault_rate", 1.0}, {"faults", json::array({"error_kept"})}});
  Settings settings = gateway.settings();
  settings.emplace_back("ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "1");
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  const std::string order = place(client, order_of("ann", 1999, "pm_card_visa")).at("id");
  wait_until("the capture is dead", [&] {
    return get(client, "/v1/admin/subscriptions/billing.capture").at("dead") == 1;
  });
  const json letters = get(client, "/v1/admin/dead-letters").at("deadLetters");
  REQUIRE(letters.size() == 1);
  const std::string target = "/v1/admin/dead-letters/" + letters.at(0).at("id").get<std::string>();
  json payload = get(client, target).at("payload");
  payload["paymentMethod"] = "pm_card_mastercard";
  for (const char* query : {"", "?dry=true"}) {
    const HttpResponse refused = client.post(target + "/replay" + query, {{"payload", payload}});
    CHECK(refused.status == 409);
    CHECK(refused.json().at("type") == "/problems/not-possible");
    const std::string detail = refused.json().at("detail");
    CHECK(detail.find("under the key " + order + ":1") != std::string::npos);
  }
  const json payment = payments_of(client, order).at(0);
  CHECK(payment.at("paymentMethod") == "pm_card_visa");
  CHECK(payment.at("status") == "SENDING");
  CHECK(gateway.books().at("requests").at("charge") == 1);
}

TEST_CASE("a charge that is processing is settled by the gateway's event") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  Node node(folder.path(), gateway.settings());
  gateway.set_node(node);
  HttpClient client(node.port());
  const std::string paid = place(client, order_of("ann", 1999, "pm_processing")).at("id");
  const std::string unpaid = place(client, order_of("ann", 2999, "pm_processing_fails")).at("id");
  const std::string canceled = place(client, order_of("ann", 3999, "pm_processing")).at("id");
  for (const std::string& order : {paid, unpaid, canceled})
    wait_for_payment(client, order, "PROCESSING");
  CHECK(client.post("/v1/orders/" + canceled + "/cancel", json::object()).status == 202);
  CHECK(get(client, "/v1/orders/" + paid).at("status") == "PENDING");

  check_sound(folder.path());
  CHECK(gateway.settle() == 3);
  CHECK(settled(client, paid).at("status") == "PROCESSED");
  const json declined = settled(client, unpaid);
  CHECK(declined.at("status") == "PAYMENT_DECLINED");
  CHECK(declined.at("reasons") == json::array({"insufficient_funds"}));
  wait_for_payment(client, canceled, "REFUNDED");
  const json steps = steps_of(client, paid);
  for (const json& step : steps)
    CHECK(step.at("correlationId") == steps.at(0).at("correlationId"));
}

TEST_CASE("a refund that is pending is settled by the gateway's event") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  Node node(folder.path(), gateway.settings());
  gateway.set_node(node);
  HttpClient client(node.port());
  const std::string made = place(client, order_of("ann", 1999, "pm_refund_pending")).at("id");
  const std::string failed = place(client, order_of("ann", 2999, "pm_refund_fails")).at("id");
  for (const std::string& order : {made, failed}) {
    settled(client, order);
    client.post("/v1/orders/" + order + "/cancel", json::object());
  }
  wait_until("both refunds are pending", [&] { return gateway.books().at("refunds").size() == 2; });
  wait_until("the gateway has named both", [&] {
    const json refund = get(client, "/v1/admin/subscriptions/billing.refund");
    return refund.at("lag") == 0 && refund.at("inFlight") == 0;
  });
  CHECK(get(client, "/v1/orders/" + made).at("status") == "PROCESSED");
  check_sound(folder.path());
  gateway.settle();
  wait_for_payment(client, made, "REFUNDED");
  wait_until("the other is free again",
             [&] { return payments_of(client, failed).at(0).value("refundingAmount", 0) == 0; });
  CHECK(payments_of(client, failed).at(0).at("status") == "CAPTURED");
}

}  // namespace
}  // namespace orderflow::test
