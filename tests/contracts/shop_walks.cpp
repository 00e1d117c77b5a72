// The routes of the business: orders, payments, notifications and webhooks.
#include "walks.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// The link to unsubscribe in one of the mails that a node has delivered, without its host.
std::string link_in_mail(const std::filesystem::path& data) {
  constexpr std::string_view path = "/v1/notifications/unsubscribe/";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "mail")) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream file(entry.path());
    std::string mail((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::size_t start = mail.find(path);
    if (start != std::string::npos) return mail.substr(start, mail.find('>', start) - start);
  }
  FAIL("no mail has a link to unsubscribe");
  return {};
}

/// What the routes of webhooks answer about one that nobody made.
void walk_unknown_webhook(ContractClient& client) {
  const std::string none = std::string("/v1/webhooks/") + nobody;
  client.refuse("webhook-not-found", "GET", none);
  client.refuse("webhook-not-found", "PATCH", none, json::object());
  for (const char* action : {"/rotate-secret", "/test", "/deliveries/1/resend", "/resend-failed"})
    client.refuse(std::string_view(action).starts_with("/deliveries") ? "delivery-not-found"
                                                                      : "webhook-not-found",
                  "POST", none + action);
  client.refuse("webhook-not-found", "POST", "/v1/webhooks/7/deliveries/1/resend");
  client.refuse("webhook-not-found", "GET", none + "/deliveries");
  client.refuse("webhook-not-found", "GET", none + "/deliveries/1");
}

}  // namespace

void walk_orders(ContractClient& client) {
  const json requested = {
      {"userId", "ada"},
      {"email", "ada@example.com"},
      {"currency", "EUR"},
      {"items", {{{"productId", "book-1"}, {"name", "A book"}, {"quantity", 1}, {"price", 1999}}}},
      {"paymentMethod", "sim-approve"},
      {"totalAmount", 1999}};
  const HttpHeaders key{{"Idempotency-Key", "k-1"}, {"Prefer", "wait=20"}};
  const std::string order = id_of(client.expect(201, "POST", "/v1/orders", requested, key));
  CHECK(client.expect(201, "POST", "/v1/orders", requested, key).header("idempotent-replayed") ==
        "true");
  client.refuse("idempotency-key-reused", "POST", "/v1/orders", book("bob"), key);
  client.refuse("invalid-idempotency-key", "POST", "/v1/orders", requested,
                {{"Idempotency-Key", " "}});
  client.refuse("malformed-json", "POST", "/v1/orders", "{");
  client.refuse("invalid-order", "POST", "/v1/orders", {{"userId", "ada"}});
  client.expect(201, "POST", "/v1/orders", book("ada"));

  client.get("/v1/orders?userId=ada&status=PROCESSED");
  CHECK(client.get("/v1/orders?limit=1").at("next").is_string());
  client.refuse("bad-parameter", "GET", "/v1/orders?limit=0");
  client.expect(200, "GET", "/v1/orders/" + order, nullptr, {{"Prefer", "wait=1"}});
  client.refuse("order-not-found", "GET", std::string("/v1/orders/") + nobody);
  client.get("/v1/orders/" + order + "/timeline");
  client.refuse("order-not-found", "GET", "/v1/orders/7/timeline");

  client.expect(202, "POST", "/v1/orders/" + order + "/cancel", {{"reason", "ordered twice"}},
                {{"Prefer", "wait=20"}});
  const json declined = settled(
      client.plain(), id_of(client.expect(201, "POST", "/v1/orders", book("cid", "sim-decline"))));
  const std::string cancel = "/v1/orders/" + declined.at("id").get<std::string>() + "/cancel";
  client.refuse("order-not-cancelable", "POST", cancel);
  client.refuse("invalid-cancellation", "POST", cancel, {{"why", "because"}});
  client.refuse("order-not-found", "POST", std::string("/v1/orders/") + nobody + "/cancel");
  const std::string redrive = "/v1/admin/orders/redrive";
  client.refuse("redrive-not-possible", "POST", redrive, json::object());
  client.refuse("invalid-redrive", "POST", redrive, {{"olderThanMs", -1}});
  client.get("/v1/orders/" + declined.at("id").get<std::string>());
}

void walk_payments(ContractClient& client) {
  const std::string order =
      id_of(client.expect(201, "POST", "/v1/orders", book("pia"), {{"Prefer", "wait=20"}}));
  const std::string payment =
      client.get("/v1/payments?orderId=" + order).at("payments").at(0).at("id");
  const std::string declined_order = id_of(client.expect(
      201, "POST", "/v1/orders", book("pia", "sim-decline"), {{"Prefer", "wait=20"}}));
  const std::string declined =
      client.get("/v1/payments?orderId=" + declined_order).at("payments").at(0).at("id");
  client.get("/v1/payments?limit=1");
  client.refuse("bad-parameter", "GET", "/v1/payments?orderId=7");
  client.get("/v1/payments/" + declined);
  client.refuse("payment-not-found", "GET", std::string("/v1/payments/") + nobody);

  const std::string refunds = "/v1/payments/" + payment + "/refunds";
  const HttpHeaders key{{"Idempotency-Key", "r-1"}};
  const json part = {{"amount", 200}, {"reason", "one item was damaged"}};
  const HttpResponse refund = client.expect(201, "POST", refunds, part, key);
  client.expect(201, "POST", refunds, part, key);
  client.refuse("idempotency-key-reused", "POST", refunds, {{"amount", 201}}, key);
  client.refuse("invalid-idempotency-key", "POST", refunds, part, {{"Idempotency-Key", " "}});
  client.refuse("invalid-refund", "POST", refunds, {{"amount", 9999}});
  client.expect(201, "POST", refunds);
  client.refuse("nothing-left-to-refund", "POST", refunds);
  client.refuse("payment-not-captured", "POST", "/v1/payments/" + declined + "/refunds");
  client.refuse("payment-not-found", "POST", std::string("/v1/payments/") + nobody + "/refunds");
  client.get(refunds + "?limit=1");
  client.refuse("bad-parameter", "GET", refunds + "?limit=x");
  client.refuse("payment-not-found", "GET", std::string("/v1/payments/") + nobody + "/refunds");
  client.get(refund.header("location"));
  client.refuse("refund-not-found", "GET", refunds + "/" + nobody);
  wait_until("the refund is made",
             [&] { return client.get(refund.header("location")).at("status") == "MADE"; });
  client.get("/v1/payments/" + payment);
}

void walk_notifications(ContractClient& client, const std::filesystem::path& data) {
  const json requested = {{"userId", "ned"},
                          {"email", "ned@example.com"},
                          {"items", {{{"productId", "tea"}, {"quantity", 1}, {"price", 500}}}}};
  const std::string order = id_of(client.expect(201, "POST", "/v1/orders", requested));
  const json sent = notified(client.plain(), order);
  client.get("/v1/notifications?limit=1&orderId=" + order);
  client.refuse("bad-parameter", "GET", "/v1/notifications?colour=red");
  const std::string one = "/v1/notifications/" + sent.at(0).at("id").get<std::string>();
  client.get(one);
  client.refuse("bad-parameter", "GET", one + "?x=1");
  client.refuse("notification-not-found", "GET", std::string("/v1/notifications/") + nobody);
  for (const char* format : {"html", "text", "mail"})
    client.expect(200, "GET", one + "/mail?format=" + format);
  client.refuse("bad-parameter", "GET", one + "/mail?format=pdf");
  client.refuse("notification-not-found", "GET",
                std::string("/v1/notifications/") + nobody + "/mail");

  client.get("/v1/notifications/templates");
  client.refuse("bad-parameter", "GET", "/v1/notifications/templates?x=1");
  const std::string preview = "/v1/notifications/templates/order_outcome/preview";
  for (const char* format : {"html", "text", "mail"})
    client.expect(200, "GET", preview + "?language=de&case=paid&format=" + format);
  client.refuse("bad-parameter", "GET", preview + "?format=pdf");
  client.refuse("template-not-found", "GET", "/v1/notifications/templates/order_lost/preview");

  const std::string preferences = "/v1/users/ned/notification-preferences";
  client.get(preferences);
  client.refuse("bad-parameter", "GET", preferences + "?x=1");
  client.expect(200, "PUT", preferences,
                {{"language", "de"}, {"kinds", {{"order_outcome", "none"}}}, {"optedOut", false}});
  client.refuse("bad-parameter", "PUT", preferences + "?x=1", json::object());
  client.refuse("invalid-preferences", "PUT", preferences, {{"optedOut", "yes"}});

  const std::string link = link_in_mail(data);
  client.expect(200, "GET", link);
  client.expect(200, "POST", link, "List-Unsubscribe=One-Click",
                {{"Content-Type", "application/x-www-form-urlencoded"}});
  client.expect(404, "GET", "/v1/notifications/unsubscribe/unknown");
  client.expect(404, "POST", "/v1/notifications/unsubscribe/unknown");
  client.get("/v1/users/ned/statistics");
  client.refuse("user-not-found", "GET", "/v1/users/nobody/statistics");
}

void walk_webhooks(ContractClient& client) {
  const std::string unreachable = "http://127.0.0.1:1/hooks";
  const HttpResponse made = client.expect(
      201, "POST", "/v1/webhooks",
      {{"url", unreachable}, {"description", "the shop"}, {"kinds", {"order.created"}}});
  const std::string webhook = made.header("location");
  client.refuse("invalid-webhook", "POST", "/v1/webhooks", {{"url", 7}});
  const std::string second =
      client.expect(201, "POST", "/v1/webhooks", {{"url", unreachable}}).header("location");
  client.refuse("too-many-webhooks", "POST", "/v1/webhooks", {{"url", unreachable}});
  client.get("/v1/webhooks?limit=1");
  client.refuse("bad-parameter", "GET", "/v1/webhooks?limit=0");
  client.expect(204, "DELETE", second);
  client.refuse("webhook-not-found", "DELETE", second);
  client.get(webhook);
  client.expect(200, "POST", webhook + "/test");
  client.expect(200, "PATCH", webhook, {{"description", "our shop"}, {"state", "enabled"}});
  client.refuse("invalid-webhook", "PATCH", webhook, {{"colour", "red"}});
  client.expect(200, "POST", webhook + "/rotate-secret", {{"overlapHours", 1}});
  client.refuse("invalid-webhook", "POST", webhook + "/rotate-secret", {{"overlapHours", -1}});

  client.expect(201, "POST", "/v1/orders", book("webhook"));
  client.expect(201, "POST", "/v1/orders", book("webhook"));
  json deliveries;
  wait_until("two deliveries have failed", [&] {
    deliveries = client.get(webhook + "/deliveries?state=failed").at("deliveries");
    return deliveries.size() == 2;
  });
  const std::string delivery =
      webhook + "/deliveries/" + deliveries.at(0).at("sequence").get<std::string>();
  client.get(webhook + "/deliveries?limit=1");
  client.refuse("bad-parameter", "GET", webhook + "/deliveries?state=lost");
  client.get(delivery);
  client.refuse("delivery-not-found", "GET", webhook + "/deliveries/1000000");
  client.refuse("delivery-not-found", "POST", webhook + "/deliveries/1000000/resend");
  client.expect(202, "POST", delivery + "/resend");
  client.expect(202, "POST", webhook + "/resend-failed");
  client.expect(200, "PATCH", webhook, {{"state", "disabled"}});
  client.get(webhook);
  client.refuse("delivery-not-resendable", "POST", delivery + "/resend");
  client.refuse("delivery-not-resendable", "POST", webhook + "/resend-failed");
  walk_unknown_webhook(client);
}

}  // namespace orderflow::test
