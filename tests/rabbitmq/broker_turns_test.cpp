#include "rabbitmq/client/broker_turns.hpp"

#include "test_connection.hpp"

#include <string>
#include <vector>

namespace orderflow::rabbitmq {
namespace {

std::vector<std::string> hosts_of(std::size_t first, std::size_t count) {
  BrokerTurns turns({.address = {.host = "a"}, .others = {{.host = "b"}, {.host = "c"}}}, first);
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < count; ++i)
    hosts.push_back(turns.next().address.host);
  return hosts;
}

TEST_CASE("the brokers of a cluster are tried in turn, beginning with any") {
  using Hosts = std::vector<std::string>;
  CHECK(hosts_of(0, 4) == Hosts{"a", "b", "c", "a"});
  CHECK(hosts_of(2, 3) == Hosts{"c", "a", "b"});
  CHECK(hosts_of(7, 2) == Hosts{"b", "c"});
  BrokerTurns one({.address = {.host = "a"}}, 5);
  CHECK(one.next().address.host == "a");
  CHECK(one.next().address.host == "a");
}

TEST_CASE("a command asks the first broker that can be reached") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  ConnectionOptions options = options_for("amqp://127.0.0.1:1");
  CHECK_THROWS_AS(connect_to_any(options, watchdog), bridge::BrokerUnreachable);
  options.others = {parse_address("amqp://127.0.0.1:2"), parse_address(broker->uri())};
  CHECK(connect_to_any(options, watchdog)->server_product() == "RabbitMQ");
}

}  // namespace
}  // namespace orderflow::rabbitmq
