// What a queue or a disk has lost, and what drives the orders on that it strands: with a broker, a
// payment gateway and several processes.
#include "acceptance/support/orders.hpp"
#include "acceptance/support/pages.hpp"
#include "cluster/shop.hpp"
#include "core/clock.hpp"
#include "gateway/card_gateway.hpp"
#include "rabbitmq/client/channel.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr int orders_lost = 10;

/// The shop with its surroundings; orders that are not final are driven on after seconds.
struct RedrivenShop {
  RabbitmqBroker& broker;
  CardGatewayProcess gateway{};
  Shop shop;
  std::string vhost;
  std::vector<std::string> placed{};

  RedrivenShop(RabbitmqBroker& broker_used, const std::string& name, std::vector<NodePlan> plan,
               const Settings& more = {})
      : broker(broker_used), shop(std::move(plan), settings(name, more)), vhost(name) {
    shop.wait_until_connected();
  }

  Settings settings(const std::string& name, const Settings& more) {
    broker.add_vhost(name);
    Settings all = more;  // what is named first counts
    const Settings of_gateway = gateway.settings();
    all.insert(all.end(), of_gateway.begin(), of_gateway.end());
    for (const auto& [key, value] :
         Settings{{"RABBIT_MQ_URI", broker.uri(name)},
                  {"ORDERFLOW_ORDERS_REDRIVE_AFTER_MS", "5000"},
                  {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                  {"ORDERFLOW_BILLING_GATEWAY_CARD_DEFAULT_PAYMENT_METHOD", "pm_card_visa"},
                  {"ORDERFLOW_RABBITMQ_RECONNECT_DELAY_MAX_MS", "1000"},
                  {"ORDERFLOW_LOG_LEVEL", "warn"}}) {
      all.emplace_back(key, value);
    }
    return all;
  }

  void place_orders(int count) {
    for (int n = 0; n < count; ++n)
      placed.push_back(place(shop.client("front"), order_of("ada", 500)).at("id"));
  }

  /// The broker has confirmed all that the node has published.
  void wait_until_published(const std::string& node) {
    wait_until("all is published", [&] {
      const json relay = get(shop.client(node), "/v1/admin/subscriptions/bridge.publish");
      return relay.at("lag") == 0;
    });
  }

  void delete_queue(const std::string& queue) {
    rabbitmq::Watchdog watchdog;
    rabbitmq::Connection connection(
        {.address = rabbitmq::parse_address(broker.uri(vhost)), .name = "somebody"}, watchdog);
    rabbitmq::Channel channel(connection);
    channel.delete_queue(queue);
    channel.close();
  }

  std::size_t pending() {
    return get(shop.client("front"), "/v1/orders?status=PENDING&limit=500").at("orders").size();
  }

  void lose_disk(const std::string& node) {
    shop.kill(node);
    std::filesystem::remove_all(shop.data(node));
  }

  /// Every order is paid, and the gateway was paid by each once.
  void check_paid(const char* what) {
    wait_until(
        "every order is final", [&] { return pending() == 0; }, 120s);
    std::map<std::string, int> charges;
    const json books = gateway.books();
    for (const json& intent : books.at("intents")) {
      if (intent.at("status") == "succeeded") ++charges[intent.at("metadata").at("order_id")];
    }
    std::size_t charged_twice = 0;
    for (const std::string& id : placed) {
      CHECK(get(shop.client("front"), "/v1/orders/" + id).at("status") == "PROCESSED");
      CHECK(charges[id] == 1);
      if (charges[id] > 1) ++charged_twice;
    }
    std::printf("%s: attempted %zu, acknowledged %zu, lost 0, pending %zu, charged twice %zu\n",
                what, placed.size(), placed.size(), pending(), charged_twice);
  }
};

RabbitmqBroker* broker_or_skip() {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) MESSAGE("SKIPPED: rabbitmq-server is not installed");
  return broker;
}

TEST_CASE("orders that were lost with the queue of billing are driven on and paid once") {
  RabbitmqBroker* broker = broker_or_skip();
  if (broker == nullptr) return;
  RedrivenShop site(*broker, "lost-queue", spread());
  site.place_orders(3);
  for (const char* till : {"till-1", "till-2"})
    site.shop.stop(till);
  site.place_orders(orders_lost);
  site.wait_until_published("front");
  site.delete_queue("orderflow.billing");
  for (const char* till : {"till-1", "till-2"})
    site.shop.start(till);
  site.check_paid("queue of billing deleted");
  site.shop.check_sound();
}

TEST_CASE("orders that were lost with the disk of billing are driven on and paid once") {
  RabbitmqBroker* broker = broker_or_skip();
  if (broker == nullptr) return;
  // Acknowledged as soon as they are on the disk that is lost.
  RedrivenShop site(*broker, "lost-disk", {{"front", "orders"}, {"till-1", "billing"}},
                    {{"ORDERFLOW_RABBITMQ_ACKNOWLEDGE", "stored"}});
  site.place_orders(3);
  wait_until("they are paid", [&] { return site.pending() == 0; });
  // Charged at once and answered late; and what is tried again later has a key that is forgotten.
  site.gateway.behave({{"fault_rate", 1.0},
                       {"faults", json::array({"late"})},
                       {"late_ms", 1'500},
                       {"key_age_ms", 2'000}});
  site.place_orders(orders_lost);
  site.wait_until_published("front");
  site.lose_disk("till-1");
  site.gateway.behave({{"fault_rate", 0.0}});
  site.shop.start("till-1");
  site.check_paid("disk of billing lost");
}

TEST_CASE("a cancellation that was lost with a queue is driven on, and the money goes back") {
  RabbitmqBroker* broker = broker_or_skip();
  if (broker == nullptr) return;
  RedrivenShop site(*broker, "lost-cancel", {{"front", "orders"}, {"till-1", "billing"}});
  site.place_orders(1);
  wait_until("it is paid", [&] { return site.pending() == 0; });
  site.shop.stop("till-1");
  const std::string order = "/v1/orders/" + site.placed.front();
  CHECK(site.shop.client("front").post(order + "/cancel", json::object()).status == 202);
  site.wait_until_published("front");
  site.delete_queue("orderflow.billing");
  site.delete_queue("orderflow.billing.till-1");
  site.shop.start("till-1");
  wait_until(
      "it is refunded",
      [&] { return get(site.shop.client("front"), order).at("status") == "REFUNDED"; }, 60s);
  site.shop.check_sound();
}

TEST_CASE("a node that hangs is taken over in seconds, and what it held is done by the others") {
  RabbitmqBroker* broker = broker_or_skip();
  if (broker == nullptr) return;
  RedrivenShop site(*broker, "hangs", spread(), {{"ORDERFLOW_ORDERS_REDRIVE_AFTER_MS", "600000"}});
  site.gateway.behave({{"fault_rate", 1.0}, {"faults", json::array({"late"})}, {"late_ms", 1'500}});
  site.place_orders(2 * orders_lost);
  site.wait_until_published("front");
  site.shop.process("till-1").send(SIGSTOP);
  site.gateway.behave({{"fault_rate", 0.0}});
  const auto since = std::chrono::steady_clock::now();
  site.check_paid("till suspended");
  const auto took = std::chrono::steady_clock::now() - since;
  std::printf("taken over after %.1f s\n", std::chrono::duration<double>(took).count());
  site.shop.process("till-1").send(SIGCONT);
}

TEST_CASE(
    "the statistics are right after the queue of users was deleted, once they are asked for") {
  RabbitmqBroker* broker = broker_or_skip();
  if (broker == nullptr) return;
  RedrivenShop site(*broker, "lost-figures",
                    {{"front", "orders"}, {"till-1", "billing"}, {"figures", "users"}});
  const std::string before = orderflow::core::to_rfc3339(orderflow::core::SystemClock().now());
  site.place_orders(3);
  counted(site.shop.client("figures"), "ada", "ordersProcessed", 3);
  site.shop.stop("figures");
  site.place_orders(orders_lost);
  wait_until("they are paid", [&] { return site.pending() == 0; });
  site.wait_until_published("front");
  site.wait_until_published("till-1");
  site.delete_queue("orderflow.users");
  site.shop.start("figures");
  site.shop.wait_until_connected();
  const HttpResponse asked = site.shop.client("front").post(
      "/v1/admin/orders/redrive", {{"module", "users"}, {"since", before}});
  CHECK(asked.status == 202);
  counted(site.shop.client("figures"), "ada", "ordersProcessed", 3 + orders_lost);
  const json ada = counted(site.shop.client("figures"), "ada", "ordersPlaced", 3 + orders_lost);
  CHECK(ada.at("spent").at("EUR") == 500 * (3 + orders_lost));
  site.shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
