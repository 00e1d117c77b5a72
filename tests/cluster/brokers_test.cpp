// A cluster of three brokers, of which one dies at a time.
#include "acceptance/support/orders.hpp"
#include "cluster/shop.hpp"
#include "faults/load.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

class BrokerCluster {
 public:
  BrokerCluster() {
    brokers_.push_back(std::make_unique<RabbitmqBroker>());
    for (int i = 0; i < 2; ++i) {
      brokers_.push_back(
          std::make_unique<RabbitmqBroker>(BrokerOptions{.beside = brokers_.front().get()}));
    }
  }
  ~BrokerCluster() {
    while (!brokers_.empty())
      brokers_.pop_back();
  }
  BrokerCluster(const BrokerCluster&) = delete;
  BrokerCluster& operator=(const BrokerCluster&) = delete;

  /// All of them, as RABBIT_MQ_URI lists them.
  std::string uris() const {
    std::string uris;
    for (const auto& broker : brokers_)
      uris += (uris.empty() ? "" : ",") + broker->uri();
    return uris;
  }

  /// The broker that an expression of Erlang with the queue Q names.
  RabbitmqBroker& broker_by(const std::string& queue, const std::string& expression) {
    const std::string name = brokers_.front()->control(
        {"eval", "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"" + queue +
                     "\">>)), " + expression + "."});
    for (const auto& broker : brokers_) {
      if (name.find(broker->node()) != std::string::npos) return *broker;
    }
    throw std::runtime_error("no broker for " + queue + ": " + name);
  }
  RabbitmqBroker& leader_of(const std::string& queue) {
    return broker_by(queue, "element(2, amqqueue:get_pid(Q))");
  }
  RabbitmqBroker& holder_of_name(const std::string& node) {
    return broker_by("orderflow.node." + node, "node(amqqueue:get_pid(Q))");
  }

 private:
  std::vector<std::unique_ptr<RabbitmqBroker>> brokers_;
};

TEST_CASE("of three brokers any one dies, and orders are taken and settled throughout") {
  if (!RabbitmqBroker::is_installed()) {
    MESSAGE("SKIPPED: rabbitmq-server is not installed");
    return;
  }
  BrokerCluster cluster;
  Shop shop(spread(), {{"RABBIT_MQ_URI", cluster.uris()},
                       {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                       {"ORDERFLOW_LOG_LEVEL", "error"},
                       {"ORDERFLOW_RABBITMQ_HEARTBEAT_SECONDS", "5"},
                       {"ORDERFLOW_RABBITMQ_STUCK_TIMEOUT_MS", "5000"},
                       {"ORDERFLOW_RABBITMQ_CONNECT_TIMEOUT_MS", "3000"},
                       {"ORDERFLOW_RABBITMQ_RECONNECT_FIRST_DELAY_MS", "50"},
                       {"ORDERFLOW_RABBITMQ_RECONNECT_DELAY_MAX_MS", "1000"},
                       {"ORDERFLOW_RABBITMQ_REFUSED_RETRY_MS", "2000"}});
  shop.wait_until_connected();
  const std::size_t between = sanitized ? 20 : 60;
  Load load(20271, 8, sanitized ? 250ms : 40ms);
  load.serve(shop.front());
  load.wait_for_more(between, 120s);

  RabbitmqBroker& leader = cluster.leader_of("orderflow.billing");
  leader.kill();
  load.wait_for_more(between, 120s);
  shop.wait_until_connected();
  load.wait_for_more(between, 120s);
  leader.restart();
  load.wait_for_more(between, 120s);

  RabbitmqBroker& bound = cluster.holder_of_name("front");
  bound.kill();
  load.wait_for_more(between, 120s);
  shop.wait_until_connected();
  load.wait_for_more(between, 120s);
  bound.restart();

  const std::vector<Attempt> attempts = load.stop();
  Inspection inspection(shop.nodes_of_modules(), attempts);
  inspection.allow_repeated_payments();
  inspection.run(shop.data("post"));
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  std::printf("three brokers: attempted %zu, findings: %s\n", attempts.size(),
              inspection.findings().empty() ? "none" : inspection.findings().to_text().c_str());
  shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
