// What nodes show of what waits on the broker, and of orders that wait for other nodes.
#include "acceptance/support/orders.hpp"
#include "cluster/shop.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// The number that a series of the metrics has, where there is one.
std::optional<double> value_of(HttpClient& client, const std::string& series) {
  const std::string text = client.get("/metrics").body;
  const std::size_t found = text.find("\n" + series + " ");
  if (found == std::string::npos) return std::nullopt;
  return std::stod(text.substr(found + series.size() + 2));
}

json waits_for(HttpClient& client, const std::string& order) {
  return get(client, "/v1/orders/" + order + "/timeline").at("waitsFor");
}

TEST_CASE("what waits for other nodes, and where nobody takes it, is shown") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("shown");
  Shop shop({{"front", "orders"}, {"till", "billing"}},
            {{"RABBIT_MQ_URI", broker->uri("shown")}, {"ORDERFLOW_LOG_LEVEL", "error"}});
  shop.wait_until_connected();
  shop.stop("till");
  const std::string order = place(shop.client("front"), order_of("ada", 700)).at("id");
  wait_until("the broker has the order", [&] {
    const json awaited = waits_for(shop.client("front"), order);
    return awaited.at("module") == "billing" && awaited.at("state") == "sent";
  });
  shop.start("till");
  settled(shop.client("front"), order);
  CHECK(waits_for(shop.client("front"), order) == nullptr);

  // It sends answers to a home that has gone.
  shop.stop("front");
  wait_until(
      "the queue of the node that has gone is noticed",
      [&] { return value_of(shop.client("till"), "orderflow_bridge_abandoned_queues") == 1.0; },
      90s);
  CHECK(value_of(shop.client("till"),
                 "orderflow_bridge_abandoned_messages{queue=\"orderflow.orders.front\"}") == 0.0);

  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection({.address = rabbitmq::parse_address(broker->uri("shown"))},
                                  watchdog);
  rabbitmq::Channel(connection)
      .publish({.routing_key = "orderflow.billing"}, {.body = "junk"}, true);
  wait_until("the message is dead", [&] {
    return rabbitmq::Channel(connection).check_queue("orderflow.billing.dead").messages == 1;
  });
  shop.start("front");
  wait_until("the dead message is counted", [&] {
    return value_of(shop.client("front"), "orderflow_bridge_dead_messages{module=\"billing\"}") ==
           1.0;
  });
  CHECK(value_of(shop.client("front"), "orderflow_bridge_abandoned_queues") == 0.0);
  shop.stop_all();
}

}  // namespace
}  // namespace orderflow::test
