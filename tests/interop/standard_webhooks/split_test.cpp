// Webhooks where the modules are spread over several processes.
#include "cluster/shop.hpp"
#include "endpoints.hpp"
#include "receiver.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::test {
namespace {

TEST_CASE("an endpoint receives each order's events in order, once, wherever the modules are") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("webhooks");
  Settings settings = local_webhooks;
  settings.emplace_back("RABBIT_MQ_URI", broker->uri("webhooks"));
  Receiver receiver;
  Shop shop(spread(), settings);
  shop.wait_until_connected();
  add(shop.client(shop.node_of("notifications")), receiver, "hooks");

  std::vector<std::string> orders = place_many(shop.client(shop.node_of("orders")), 20);
  wait_for(receiver, "hooks", orders.size());
  // What is left of the events comes to the webhooks' node that runs next.
  shop.kill(shop.node_of("notifications"));
  for (const std::string& order : place_many(shop.client(shop.node_of("orders")), 20))
    orders.push_back(order);
  shop.start("post");
  shop.wait_until_connected();

  const auto requests = wait_for(receiver, "hooks", course.size() * orders.size());
  check_courses(requests, orders);
  CHECK(ids_of(requests).size() == course.size() * orders.size());
  shop.check_sound();
}

}  // namespace
}  // namespace orderflow::test
