#include "app/loaded_settings.hpp"
#include "app/modules.hpp"
#include "bridge/message/node_name.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::app {
namespace {

Settings load(const std::string& file) {
  return load_settings(std::string(ORDERFLOW_CONFIG_FOLDER) + "/" + file, {}, make_modules());
}

TEST_CASE("the settings file for production hosts every module") {
  const Settings settings = load("production.json");
  CHECK(settings.modules.size() == make_modules().size());
  CHECK(bridge::is_node_name(settings.node_name));
}

TEST_CASE("the settings files for split host each module once, and agree about the queues") {
  std::set<std::string> names;
  std::multiset<std::string> hosted;
  std::set<std::uint16_t> ports;
  for (const char* file :
       {"split/orders.json", "split/billing.json", "split/notifications-users.json"}) {
    CAPTURE(file);
    const Settings settings = load(file);
    CHECK(bridge::is_node_name(settings.node_name));
    CHECK(names.insert(settings.node_name).second);
    CHECK(ports.insert(settings.http.port).second);
    hosted.insert(settings.modules.begin(), settings.modules.end());
    const Settings defaults = load("orderflow.json");
    CHECK(settings.rabbitmq.queues == defaults.rabbitmq.queues);
    CHECK(settings.rabbitmq.shards == defaults.rabbitmq.shards);
    CHECK(settings.rabbitmq.delivery_limit == defaults.rabbitmq.delivery_limit);
    CHECK(settings.rabbitmq.dead_exchange == defaults.rabbitmq.dead_exchange);
  }
  CHECK(hosted ==
        std::multiset<std::string>{"billing", "notifications", "orders", "users", "webhooks"});
}

}  // namespace
}  // namespace orderflow::app
