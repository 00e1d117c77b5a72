#include "rabbitmq/recipients.hpp"

#include "shop_topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::rabbitmq {
namespace {

using Names = std::vector<std::string>;

/// The recipients of a node's events.
class Sender {
 public:
  Sender(std::string node, std::set<std::string> hosted, std::vector<std::string> environment = {})
      : settings_(shop_settings(std::move(environment))),
        recipients_({.name = std::move(node),
                     .hosted = std::move(hosted),
                     .modules = {bridge::shop_modules.begin(), bridge::shop_modules.end()}},
                    catalog_, settings_) {}

  std::vector<const Recipient*> of(std::string kind, std::string home, std::string key = "o-1") {
    events::EventMeta meta;
    meta.kind = std::move(kind);
    meta.home = std::move(home);
    meta.key = std::move(key);
    return recipients_.of(meta);
  }

  Names queues(std::string kind, std::string home, std::string key = "o-1") {
    Names names;
    for (const Recipient* recipient : of(std::move(kind), std::move(home), std::move(key)))
      names.push_back(recipient->queue());
    std::ranges::sort(names);
    return names;
  }

 private:
  const events::Catalog& catalog_ = bridge::shop_subscriptions();
  const Settings settings_;
  Recipients recipients_;
};

TEST_CASE("each module on other nodes that subscribes to an event has a copy in its queue") {
  Sender orders("orders-1", {"orders"});
  CHECK(orders.queues("order.created", "orders-1") ==
        Names{"orderflow.billing", "orderflow.notifications", "orderflow.users",
              "orderflow.webhooks"});
  CHECK(orders.queues("order.cancel_requested", "orders-1") ==
        Names{"orderflow.billing", "orderflow.webhooks"});
  CHECK(orders.queues("nobody.hears", "orders-1").empty());
  Sender most("orders-1", {"orders", "notifications", "webhooks", "users"});
  CHECK(most.queues("order.created", "orders-1") == Names{"orderflow.billing"});
}

TEST_CASE("what is for the home of an order goes to the queue of that node alone") {
  Sender billing("billing-1", {"billing"});
  CHECK(billing.queues("order.processed", "orders-2") ==
        Names{"orderflow.notifications", "orderflow.orders.orders-2", "orderflow.users",
              "orderflow.webhooks"});
  // A chain that began here is none of an order that another node has taken.
  CHECK(billing.queues("order.processed", "billing-1") ==
        Names{"orderflow.notifications", "orderflow.users", "orderflow.webhooks"});
}

TEST_CASE("a copy goes to the shard of its key") {
  Sender orders("orders-1", {"orders", "notifications", "webhooks", "users"},
                {"ORDERFLOW_RABBITMQ_SHARDS=4"});
  for (const char* key : {"o-1", "o-2", "o-3", "o-4", "o-5"}) {
    CHECK(orders.queues("order.created", "orders-1", key) ==
          Names{"orderflow.billing.shard-" + std::to_string(bridge::shard_of(key, 4))});
  }
}

TEST_CASE("a recipient keeps its number, and is declared as its module's nodes declare it") {
  Sender billing("billing-1", {"billing"});
  const auto first = billing.of("order.processed", "orders-2");
  CHECK(first == billing.of("order.processed", "orders-2"));
  const Topology topology = plan_for({"orders"}, "orders-2");
  for (const Recipient* recipient : first) {
    const Queue* queue = topology.find(recipient->queue());
    REQUIRE(queue != nullptr);
    CHECK(recipient->arguments == queue->arguments);
  }
}

TEST_CASE("beyond a bound of homes answers go to the queue of all nodes, which pass them on") {
  Sender billing("billing-1", {"billing"});
  for (std::size_t i = 0; i < Recipients::homes_max; ++i)
    billing.of("order.processed", "home-" + std::to_string(i));
  CHECK(billing.queues("order.processed", "one-more") ==
        Names{"orderflow.notifications", "orderflow.orders", "orderflow.users",
              "orderflow.webhooks"});
  CHECK(billing.queues("order.processed", "home-0") ==
        Names{"orderflow.notifications", "orderflow.orders.home-0", "orderflow.users",
              "orderflow.webhooks"});
}

}  // namespace
}  // namespace orderflow::rabbitmq
