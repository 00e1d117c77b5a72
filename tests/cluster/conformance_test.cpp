// The same flow with the same results: inside one process, published to others over RabbitMQ, and
// spread over five processes.
#include "acceptance/support/orders.hpp"
#include "cluster/shop.hpp"
#include "faults/load.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

Settings common() {
  return {{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"}, {"ORDERFLOW_LOG_LEVEL", "warn"}};
}

/// Settings with a virtual host of this test's own on the shared broker; nothing without a broker.
std::optional<Settings> bridged(const std::string& vhost) {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return std::nullopt;
  broker->add_vhost(vhost);
  Settings settings = common();
  settings.emplace_back("RABBIT_MQ_URI", broker->uri(vhost));
  return settings;
}

/// What every deployment must bring about, written without ids and times.
std::string outcome_of(Shop& shop, const json& body, const std::string& cancel_when = {}) {
  HttpClient& front = shop.client(shop.node_of("orders"));
  const json placed = place(front, body);
  const std::string id = placed.at("id");
  if (cancel_when == "at once") {
    front.post("/v1/orders/" + id + "/cancel", {{"reason", "changed my mind"}});
  }
  json order = settled(front, id);
  if (cancel_when == "paid") {
    front.post("/v1/orders/" + id + "/cancel", {{"reason", "changed my mind"}});
  }
  if (!cancel_when.empty()) {
    wait_until("the order is canceled or refunded", [&] {
      order = get(front, "/v1/orders/" + id);
      return order.at("status") == "CANCELED" || order.at("status") == "REFUNDED";
    });
  }
  std::string payments;
  for (HttpClient* billing : shop.clients_of("billing")) {
    for (const json& payment : payments_of(*billing, id))
      payments += " " + payment.at("status").get<std::string>();
  }
  return order.at("status").get<std::string>() + " payments:" + payments;
}

/// The whole flow, whatever carries the events.
void check_flow(Shop& shop) {
  shop.wait_until_connected();
  CHECK(outcome_of(shop, order_of("ada", 100)) == "PROCESSED payments: CAPTURED");
  CHECK(outcome_of(shop, order_of("ada", 0)) == "PROCESSED payments: CAPTURED");
  CHECK(outcome_of(shop, order_of("ada", 200, "sim-decline")) ==
        "PAYMENT_DECLINED payments: DECLINED");
  CHECK(outcome_of(shop, order_of("ada", 300, "sim-fail-2")) == "PROCESSED payments: CAPTURED");
  json fraud = order_of("eve", 1);
  fraud["items"][0]["quantity"] = 5'000;
  CHECK(outcome_of(shop, fraud) == "CANCELED_FRAUD payments: REFUSED");
  CHECK(outcome_of(shop, order_of("bob", 400), "paid") == "REFUNDED payments: REFUNDED");
  const std::string canceled = outcome_of(shop, order_of("bob", 500, "sim-slow-1500"), "at once");
  const bool ended =
      canceled == "CANCELED payments: CANCELED" || canceled == "PROCESSED payments: CAPTURED" ||
      canceled == "REFUNDED payments: REFUNDED" || canceled == "PROCESSED payments: REFUNDED";
  CHECK_MESSAGE(ended, canceled);

  // A refund that is asked for where the payment is finds the order wherever that is.
  const json paid = place(shop.client(shop.node_of("orders")), order_of("cat", 600));
  settled(shop.client(shop.node_of("orders")), paid.at("id"));
  for (HttpClient* billing : shop.clients_of("billing")) {
    for (const json& payment : payments_of(*billing, paid.at("id"))) {
      const HttpResponse asked = billing->post(
          "/v1/payments/" + payment.at("id").get<std::string>() + "/refunds", {{"amount", 600}});
      CHECK(asked.status == 201);
    }
  }
  wait_until("the order is refunded", [&] {
    const json order =
        get(shop.client(shop.node_of("orders")), "/v1/orders/" + paid.at("id").get<std::string>());
    return order.at("status") == "REFUNDED";
  });

  HttpClient& users = shop.client(shop.node_of("users"));
  const json ada = counted(users, "ada", "ordersProcessed", 3);
  CHECK(ada.at("ordersPlaced") == 4);
  CHECK(ada.at("ordersDeclined") == 1);
  CHECK(ada.at("spent").at("EUR") == 400);
  CHECK(counted(users, "eve", "ordersCanceled", 1).at("ordersPlaced") == 1);
}

/// Buyers who order whatever comes to their mind, and books that must agree.
void check_load(Shop& shop, std::size_t orders, std::uint64_t seed) {
  shop.wait_until_connected();
  Load load(seed, 16, 2ms);
  load.serve(shop.front());
  load.wait_for_more(orders, 600s);
  const std::vector<Attempt> attempts = load.stop();
  Inspection inspection(shop.nodes_of_modules(), attempts);
  inspection.run(shop.data(shop.node_of("notifications")));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  for (HttpClient* billing : shop.clients_of("billing"))
    CHECK_FALSE(get(*billing, "/v1/payments?limit=1").at("payments").empty());
}

std::size_t load_orders() {
  const char* wanted = std::getenv("ORDERFLOW_ORDERS");
  if (wanted != nullptr) return std::stoul(wanted);
  return sanitized ? 150 : 1'500;
}

TEST_CASE("the flow in one process, over the bus in memory") {
  Shop shop(all_in_one(), common());
  check_flow(shop);
  shop.check_sound();
}

TEST_CASE("the flow in one process that publishes over RabbitMQ") {
  const auto settings = bridged("exported");
  if (!settings) return;
  Shop shop(all_in_one(), *settings);
  check_flow(shop);
  shop.check_sound();
}

TEST_CASE("the flow spread over five processes") {
  const auto settings = bridged("spread");
  if (!settings) return;
  Shop shop(spread(), *settings);
  check_flow(shop);
  shop.check_sound();
}

TEST_CASE("modules that share a process receive each event once each") {
  const auto settings = bridged("pairs");
  if (!settings) return;
  Shop shop({{"front", "orders"}, {"back-1", "billing,notifications"}, {"back-2", "users"}},
            *settings);
  check_flow(shop);
  shop.check_sound();
}

TEST_CASE("many orders over five processes: all final, the work shared, each paid once") {
  const auto settings = bridged("many");
  if (!settings) return;
  Shop shop(spread(), *settings);
  check_load(shop, load_orders(), 20267);
  shop.check_sound();
}

TEST_CASE("many orders over five processes with four shards a module") {
  auto settings = bridged("shards");
  if (!settings) return;
  settings->emplace_back("ORDERFLOW_RABBITMQ_SHARDS", "4");
  Shop shop({{"front", "orders"}, {"till", "billing"}, {"post", "notifications,users"}}, *settings);
  check_load(shop, load_orders() / 3, 20268);
  shop.check_sound();
}

/// Waits until a billing node works on orders.
void works(Shop& shop, const std::string& till) {
  const auto handled = [&] {
    return get(shop.client(till), "/v1/admin/subscriptions/billing.assess").at("handled");
  };
  const json before = handled();
  wait_until(till + " works", [&] { return handled() > before; });
}

TEST_CASE("nodes of a module share its shards, and hand over what another one gets") {
  auto settings = bridged("balance");
  if (!settings) return;
  settings->emplace_back("ORDERFLOW_RABBITMQ_SHARDS", "4");
  Shop shop(spread(), *settings);
  shop.wait_until_connected();
  shop.stop("till-2");
  Load load(20272, 8, 10ms);
  load.serve(shop.front());
  works(shop, "till-1");
  shop.start("till-2");
  works(shop, "till-2");
  works(shop, "till-1");
  const std::vector<Attempt> attempts = load.stop();
  Inspection inspection(shop.nodes_of_modules(), attempts);
  inspection.run(shop.data("post"));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  shop.check_sound();
}

TEST_CASE("the shards of a node that ends are worked on by the others") {
  auto settings = bridged("left");
  if (!settings) return;
  settings->emplace_back("ORDERFLOW_RABBITMQ_SHARDS", "4");
  Shop shop(spread(), *settings);
  shop.wait_until_connected();
  Load load(20273, 8, 10ms);
  load.serve(shop.front());
  works(shop, "till-2");
  shop.kill("till-2");
  load.wait_for_more(sanitized ? 20 : 100, 120s);
  works(shop, "till-1");
  shop.start("till-2");
  works(shop, "till-2");
  const std::vector<Attempt> attempts = load.stop();
  Inspection inspection(shop.nodes_of_modules(), attempts);
  // What it had not acknowledged was billed by the other too, with one charge.
  inspection.allow_repeated_payments();
  inspection.run(shop.data("post"));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
