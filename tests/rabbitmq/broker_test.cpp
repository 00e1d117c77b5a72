#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

using namespace orderflow;

TEST_CASE("the broker of the tests keeps its durable data through a kill") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("kept");
  broker->kill();
  CHECK_THROWS(broker->control({"list_vhosts"}));
  broker->restart();
  CHECK(broker->control({"list_vhosts"}).find("kept") != std::string::npos);
}
