// Queues that somebody deletes under a running shop: every order is settled all the same.
#include "acceptance/support/orders.hpp"
#include "cluster/shop.hpp"
#include "faults/load.hpp"
#include "rabbitmq/client/channel.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

Settings quick(RabbitmqBroker& broker, const std::string& vhost) {
  broker.add_vhost(vhost);
  return {{"RABBIT_MQ_URI", broker.uri(vhost)},
          {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
          {"ORDERFLOW_LOG_LEVEL", "error"},
          {"ORDERFLOW_RABBITMQ_RECONNECT_FIRST_DELAY_MS", "50"},
          {"ORDERFLOW_RABBITMQ_RECONNECT_DELAY_MAX_MS", "500"}};
}

void lose(RabbitmqBroker& broker, const std::string& vhost, const std::string& queue) {
  broker.control({"delete_queue", "-p", vhost, queue});
}

/// Another system: how often it got each event.
class Listener {
 public:
  Listener(RabbitmqBroker& broker, const std::string& vhost)
      : connection_({.address = rabbitmq::parse_address(broker.uri(vhost)), .name = "a listener"},
                    watchdog_),
        channel_(connection_) {
    channel_.declare_queue("warehouse");
    channel_.bind_queue("warehouse", "orderflow.events", "order.#");
    channel_.consume("warehouse", "warehouse");
  }

  /// How often each event has come when none came for a while.
  std::map<std::string, int> heard() {
    std::map<std::string, int> times;
    while (const auto event = connection_.next(2s)) {
      const auto* delivery = std::get_if<rabbitmq::Delivery>(&*event);
      if (delivery != nullptr) ++times[delivery->message.properties.message_id];
    }
    return times;
  }

 private:
  rabbitmq::Watchdog watchdog_;
  rabbitmq::Connection connection_;
  rabbitmq::Channel channel_;
};

TEST_CASE("orders are billed that came while billing was away and its queue deleted") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const Settings settings = quick(*broker, "deleted");
  Shop shop({{"front", "orders"}, {"till", "billing"}, {"desk", "notifications,users"}}, settings);
  shop.wait_until_connected();
  Listener listener(*broker, "deleted");
  settled(shop.client("front"), place(shop.client("front"), order_of("ada", 100)).at("id"));
  shop.stop("till");
  lose(*broker, "deleted", "orderflow.billing");
  std::vector<std::string> orders;
  for (int i = 0; i < 10; ++i)
    orders.push_back(place(shop.client("front"), order_of("ada", 100 + i)).at("id"));
  // The queue is there again, with the orders, before anybody of billing is. A copy may be twice.
  std::string queues;
  INFO(queues);
  wait_until("the orders wait for billing", [&] {
    queues = broker->control({"list_queues", "-p", "deleted", "--silent", "name", "messages"});
    const std::size_t at = queues.find("orderflow.billing\t");
    return at != std::string::npos &&
           std::stoul(queues.substr(queues.find('\t', at) + 1)) >= orders.size();
  });
  shop.start("till");
  for (const std::string& order : orders)
    CHECK(settled(shop.client("front"), order).at("status") == "PROCESSED");
  const std::map<std::string, int> heard = listener.heard();
  CHECK(heard.size() == 2 * 11);
  for (const auto& [event, times] : heard)
    CHECK_MESSAGE(times == 1, event);
  shop.check_sound();
}

TEST_CASE("queues are deleted again and again while buyers order, and no order is lost") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const Settings settings = quick(*broker, "shredder");
  Shop shop(spread(), settings);
  shop.wait_until_connected();
  Load load(20270, 8, 20ms);
  load.serve(shop.front());
  for (int round = 0; round < 3; ++round) {
    for (const char* queue : {"orderflow.billing", "orderflow.orders.front", "orderflow.users",
                              "orderflow.notifications"}) {
      load.wait_for_more(sanitized ? 10 : 40, 120s);
      lose(*broker, "shredder", queue);
    }
  }
  load.wait_for_more(sanitized ? 10 : 40, 120s);
  const std::vector<Attempt> attempts = load.stop();
  Inspection inspection(shop.nodes_of_modules(), attempts);
  // What is sent again may come to the other billing node, which bills it under the same key.
  inspection.allow_repeated_payments();
  inspection.run(shop.data("post"));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
