// Five processes, a broker and a payment gateway, and what can happen to each of them while buyers
// order. Orders are taken throughout; afterwards nothing is lost, and nothing was done twice.
//
//   ORDERFLOW_ORDERS=1000 ORDERFLOW_PAUSE_SECONDS=60 cluster_test -tc="*happens to*" -s
//
// orders so many between two faults, and lets a suspended broker stand so long.
#include "acceptance/support/orders.hpp"
#include "acceptance/support/pages.hpp"
#include "cluster/proxy.hpp"
#include "cluster/shop.hpp"
#include "faults/load.hpp"
#include "gateway/card_gateway.hpp"
#include "rabbitmq/client/channel.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::size_t number_from(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoul(text);
}

std::size_t orders_between() {
  return number_from("ORDERFLOW_ORDERS", sanitized ? 40 : 150);
}

std::chrono::seconds pause() {
  return std::chrono::seconds(number_from("ORDERFLOW_PAUSE_SECONDS", 4));
}

Settings impatient(Settings settings) {
  // Mails are counted too.
  std::erase_if(settings, [](const auto& setting) {
    return setting.first == "ORDERFLOW_NOTIFICATIONS_CHANNEL";
  });
  for (const auto& [name, value] :
       Settings{{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                {"ORDERFLOW_LOG_LEVEL", "error"},
                {"ORDERFLOW_BILLING_GATEWAY_CARD_DEFAULT_PAYMENT_METHOD", "pm_card_visa"},
                {"ORDERFLOW_RABBITMQ_HEARTBEAT_SECONDS", "5"},
                {"ORDERFLOW_RABBITMQ_STUCK_TIMEOUT_MS", "3000"},
                {"ORDERFLOW_RABBITMQ_CONNECT_TIMEOUT_MS", "3000"},
                {"ORDERFLOW_RABBITMQ_RECONNECT_DELAY_MAX_MS", "1000"},
                {"ORDERFLOW_BILLING_RECONCILE_EVERY_MS", "500"},
                {"ORDERFLOW_BILLING_RECONCILE_OLDER_THAN_MS", "2000"}}) {
    settings.emplace_back(name, value);
  }
  return settings;
}

/// The shop with its surroundings.
struct Town {
  RabbitmqBroker broker{};
  CardGatewayProcess gateway{};
  Proxy proxy{broker.port()};
  Shop shop{spread(), settings()};
  Load load{20269, 12, sanitized ? 250ms : 40ms, Till::cards};

  Settings settings() {
    broker.add_vhost("town");
    Settings all = impatient(gateway.settings());
    all.emplace_back("RABBIT_MQ_URI",
                     "amqp://guest:guest@127.0.0.1:" + std::to_string(proxy.port()) + "/town");
    return all;
  }

  /// Buyers continue to order while something is wrong, and after it.
  void keep_ordering(const char* what) {
    INFO(what);
    load.wait_for_more(orders_between(), 120s);
  }
};

/// Sends messages as nobody should: junk, and copies of what was published already.
void send_nonsense(Town& town) {
  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection(
      {.address = rabbitmq::parse_address(town.broker.uri("town")), .name = "a stranger"},
      watchdog);
  rabbitmq::Channel channel(connection);
  channel.select_confirms();
  std::size_t sent = 0;
  const auto send = [&](const std::string& exchange, const std::string& key,
                        const std::string& body) {
    channel.publish({.exchange = exchange, .routing_key = key}, {.body = body}, true);
    ++sent;
  };
  for (const char* body : {"", "{", "[]", "{\"pattern\":\"order.created\",\"data\":{}}",
                           "{\"pattern\":\"rm.rf\",\"data\":1}", "\xff\xfe"}) {
    for (const char* queue : {"orderflow.billing", "orderflow.notifications", "orderflow.users"})
      send("", queue, body);
  }
  // The newest first, so that the order of an order's events is turned round.
  std::vector<json> published;
  for (const char* node : {"front", "till-1", "till-2"}) {
    if (!town.shop.runs(node)) continue;
    const json page = get(town.shop.client(node), "/v1/events?limit=200");
    for (const json& event : page.at("events")) {
      const std::string kind = event.at("type");
      if (!event.contains("audience") && !kind.starts_with("payment.re"))
        published.push_back(event);
    }
  }
  std::ranges::reverse(published);
  for (const json& event : published) {
    send("orderflow.events", event.at("type").get<std::string>() + ".v1.0.front", event.dump());
  }
  std::size_t settled = 0;
  while (settled < sent) {
    const auto event = connection.next(30s);
    REQUIRE(event.has_value());
    if (const auto* confirmed = std::get_if<rabbitmq::Confirmed>(&*event))
      settled = std::max(settled, static_cast<std::size_t>(confirmed->tag));
  }
}

struct Money {
  std::int64_t charged_by_gateway = 0;
  std::int64_t processed = 0;
  std::size_t charged_twice = 0;
};

Money count_money(Town& town) {
  Money money;
  std::map<std::string, int> charges;
  const json books = town.gateway.books();
  for (const json& intent : books.at("intents")) {
    if (intent.at("status") != "succeeded") continue;
    money.charged_by_gateway += intent.at("amount_received").get<std::int64_t>();
    if (++charges[intent.at("metadata").at("order_id")] > 1) ++money.charged_twice;
  }
  for_each(
      town.shop.client("front"), "/v1/orders?status=PROCESSED&", "orders", 500,
      [&](const json& order) { money.processed += order.at("totalAmount").get<std::int64_t>(); });
  return money;
}

void disturb_broker(Town& town) {
  town.broker.kill();
  town.keep_ordering("the broker is dead");
  town.broker.restart();
  town.keep_ordering("the broker is back");

  town.broker.suspend();
  town.keep_ordering("the broker stands still");
  std::this_thread::sleep_for(pause());
  town.broker.resume();
  town.keep_ordering("the broker continues");

  town.broker.set_disk_alarm(true);
  town.keep_ordering("the broker's disk is full");
  town.broker.set_disk_alarm(false);
  town.keep_ordering("it has room again");

  town.broker.control({"close_all_connections", "maintenance"});
  town.keep_ordering("its connections were closed");
}

void disturb_network(Town& town) {
  town.proxy.cut();
  town.keep_ordering("the network is cut");
  town.proxy.repair();
  town.keep_ordering("the network is whole");

  send_nonsense(town);
  town.keep_ordering("nonsense was sent");
}

void kill_nodes(Town& town) {
  Shop& shop = town.shop;
  for (const std::string& node : shop.nodes()) {
    const bool is_front = node == "front";
    shop.kill(node);
    if (!is_front) town.keep_ordering("a node is dead");
    shop.start(node);
    if (is_front) town.load.serve(shop.front());
    town.keep_ordering("it is back");
  }
  shop.kill("till-2");
  town.keep_ordering("one of two tills is away for good");
}

/// Nothing of what the buyers attempted is lost, and nothing was done twice.
void inspect(Shop& shop, const std::vector<Attempt>& attempts) {
  Inspection inspection(shop.nodes_of_modules(), attempts);
  inspection.allow_repeated_payments();
  inspection.run(shop.data("post"));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  const auto count = [&](Attempt::Answer answer) {
    return std::ranges::count(attempts, answer, &Attempt::answer);
  };
  std::printf(
      "attempted %zu, acknowledged %td, without an answer %td (of which %zu are there),"
      " refused %td, findings: %s\n",
      attempts.size(), count(Attempt::Answer::acknowledged), count(Attempt::Answer::none),
      inspection.stored_unanswered(), count(Attempt::Answer::refused),
      inspection.findings().empty() ? "none" : inspection.findings().to_text().c_str());
}

TEST_CASE("whatever happens to broker, network and nodes, orders are taken and nothing is lost") {
  if (!RabbitmqBroker::is_installed()) {
    MESSAGE("SKIPPED: rabbitmq-server is not installed");
    return;
  }
  Town town;
  Shop& shop = town.shop;
  shop.wait_until_connected();
  town.broker.write_definitions();
  town.load.serve(shop.front());
  town.keep_ordering("all is well");

  disturb_broker(town);
  disturb_network(town);
  kill_nodes(town);

  const std::vector<Attempt> attempts = town.load.stop();
  wait_until(
      "every order is final",
      [&] {
        return get(shop.client("front"), "/v1/orders?status=PENDING&limit=1").at("orders").empty();
      },
      240s);
  const Money money = count_money(town);
  CHECK(money.charged_twice == 0);
  CHECK(money.charged_by_gateway == money.processed);

  // A node whose data is gone for good cannot show its payments; the rest must be shown.
  shop.start("till-2");
  wait_until("what was in flight when it died has ended", [&] {
    const json capture = get(shop.client("till-2"), "/v1/admin/subscriptions/billing.capture");
    return capture.at("inFlight") == 0 && capture.at("retrying") == 0;
  });
  inspect(shop, attempts);
  shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
