// Two processes that were given one name, as two replicas of a deployment are.
#include "acceptance/support/orders.hpp"
#include "cluster/shop.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

TEST_CASE("of two nodes with one name the second takes no orders until the first has ended") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("twins");
  const Settings settings{{"RABBIT_MQ_URI", broker->uri("twins")},
                          {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                          {"ORDERFLOW_RABBITMQ_HEARTBEAT_SECONDS", "5"},
                          {"ORDERFLOW_LOG_LEVEL", "warn"}};
  Shop shop({{"front", "orders"}, {"back", "billing,notifications,users"}}, settings);
  shop.wait_until_connected();

  TemporaryFolder folder;
  Settings of_twin = settings;
  of_twin.emplace_back("ORDERFLOW_NODE_NAME", "front");
  of_twin.emplace_back("ORDERFLOW_NODE_MODULES", "orders");
  Node twin(folder.path(), of_twin);
  HttpClient client(twin.port());
  wait_until("the twin is not ready", [&] { return client.get("/readyz").status == 503; });
  CHECK(client.get("/readyz").json().at("checks").at("bridge") ==
        "another node has the name of this one");
  const HttpResponse refused = client.post("/v1/orders", order_of("ada", 100));
  CHECK(refused.status == 503);
  CHECK(refused.body.find("name") != std::string::npos);
  wait_until("the twin is refused by name", [&] {
    return twin.process().errors().find("another node named") != std::string::npos;
  });

  // The first is not disturbed.
  for (int i = 0; i < 20; ++i) {
    const json order = place(shop.client("front"), order_of("ada", 100 + i));
    CHECK(settled(shop.client("front"), order.at("id")).at("status") == "PROCESSED");
  }
  shop.kill("front");
  wait_until("the twin has the name", [&] {
    const HttpResponse answer = client.get("/readyz");
    return answer.status == 200 && answer.json().at("status") == "ready";
  });
  const json order = place(client, order_of("ada", 700));
  CHECK(settled(client, order.at("id")).at("status") == "PROCESSED");
}

}  // namespace
}  // namespace orderflow::test
