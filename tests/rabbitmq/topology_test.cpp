#include "rabbitmq/topology.hpp"

#include "config/document.hpp"
#include "shop_topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::rabbitmq {
namespace {

using Names = std::vector<std::string>;

Names names_of(const Topology& topology, bridge::QueueUse use) {
  Names names;
  for (const Queue& queue : topology.queues) {
    if (queue.use == use) names.push_back(queue.name);
  }
  return names;
}

Names keys_of(const std::vector<Binding>& bindings) {
  Names keys;
  for (const Binding& binding : bindings)
    keys.push_back(binding.routing_key);
  std::ranges::sort(keys);
  return keys;
}

Names keys_of(const Topology& topology, std::string_view queue) {
  const Queue* found = topology.find(queue);
  REQUIRE_MESSAGE(found != nullptr, queue);
  return keys_of(found->bindings);
}

Names consumed_of(const Topology& topology) {
  Names names;
  for (const Queue& queue : topology.queues) {
    if (queue.consumed) names.push_back(queue.name);
  }
  std::ranges::sort(names);
  return names;
}

const Names statistics_keys{"order.created.*.0.*", "order.processed.*.0.*",
                            "payment.refunded.*.0.*"};

TEST_CASE("a node with every module wants an exchange and nothing else") {
  const Topology topology = plan_for({"orders", "billing", "notifications", "webhooks", "users"});
  CHECK(topology.mode == bridge::BridgeMode::exports);
  CHECK(topology.exchanges == std::vector<Exchange>{{"orderflow.events", "topic"}});
  CHECK(topology.queues.empty());
}

TEST_CASE("a node of orders makes the queues of all its subscribers, and one for its own answers") {
  const Topology topology = plan_for({"orders"}, "shop-1");
  CHECK(topology.mode == bridge::BridgeMode::split);
  CHECK(topology.exchanges ==
        std::vector<Exchange>{{"orderflow.events", "topic"}, {"orderflow.dead", "direct"}});
  CHECK(names_of(topology, bridge::QueueUse::shared) ==
        Names{"orderflow.billing", "orderflow.notifications", "orderflow.orders", "orderflow.users",
              "orderflow.webhooks"});
  CHECK(names_of(topology, bridge::QueueUse::own) == Names{"orderflow.orders.shop-1"});
  CHECK(names_of(topology, bridge::QueueUse::dead) ==
        Names{"orderflow.billing.dead", "orderflow.notifications.dead", "orderflow.orders.dead",
              "orderflow.users.dead", "orderflow.webhooks.dead"});
  CHECK(keys_of(topology, "orderflow.orders").empty());
  CHECK(keys_of(topology, "orderflow.orders.shop-1") == Names{"order.processed.*.0.shop-1",
                                                              "payment.refund_abandoned.*.0.shop-1",
                                                              "payment.refunded.*.0.shop-1"});
  CHECK(keys_of(topology, "orderflow.billing") ==
        Names{"order.cancel_requested.*.0.*", "order.created.*.0.*"});
  CHECK(keys_of(topology, "orderflow.users") == statistics_keys);
  CHECK(consumed_of(topology) == Names{"orderflow.orders", "orderflow.orders.shop-1"});
}

TEST_CASE("billing nodes share a queue, and each receives every cancellation") {
  const Topology topology = plan_for({"billing"}, "billing-2");
  CHECK(keys_of(topology, "orderflow.billing") ==
        Names{"order.cancel_requested.*.0.*", "order.created.*.0.*"});
  CHECK(keys_of(topology, "orderflow.billing.billing-2") == Names{"order.cancel_requested.*.*.*"});
  CHECK(consumed_of(topology) == Names{"orderflow.billing", "orderflow.billing.billing-2"});
  // Orders subscribes to nothing that could wait for just any node of it.
  CHECK(topology.find("orderflow.orders") == nullptr);
  CHECK(keys_of(topology, "orderflow.notifications") == statistics_keys);
}

TEST_CASE("notifications, webhooks and users have no queue of their node") {
  const Topology topology = plan_for({"notifications", "webhooks", "users"}, "desk");
  CHECK(names_of(topology, bridge::QueueUse::own).empty());
  CHECK(consumed_of(topology) ==
        Names{"orderflow.notifications", "orderflow.users", "orderflow.webhooks"});
  CHECK(keys_of(topology, "orderflow.users") == statistics_keys);
}

TEST_CASE("webhooks receive all public events of other nodes") {
  CHECK(keys_of(plan_for({"webhooks"}, "others"), "orderflow.webhooks") ==
        Names{"notification.failed.*.0.*", "notification.sent.*.0.*",
              "order.cancel_requested.*.0.*", "order.created.*.0.*", "order.processed.*.0.*",
              "payment.refund_abandoned.*.0.*", "payment.refunded.*.0.*"});
  CHECK(keys_of(plan_for({"notifications", "webhooks"}, "others"), "orderflow.webhooks") ==
        Names{"order.cancel_requested.*.0.*", "order.created.*.0.*", "order.processed.*.0.*",
              "payment.refund_abandoned.*.0.*", "payment.refunded.*.0.*"});
}

TEST_CASE("what is published and handled on one node does not go over the broker") {
  const Topology topology = plan_for({"orders", "billing"}, "shop-1");
  CHECK(keys_of(topology, "orderflow.billing").empty());
  CHECK(keys_of(topology, "orderflow.orders.shop-1").empty());
  CHECK(keys_of(topology.find("orderflow.orders.shop-1")->outdated) ==
        Names{"order.processed.*.*.shop-1", "order.processed.*.0.shop-1",
              "payment.refund_abandoned.*.*.shop-1", "payment.refund_abandoned.*.0.shop-1",
              "payment.refunded.*.*.shop-1", "payment.refunded.*.0.shop-1"});
  CHECK(keys_of(topology, "orderflow.billing.shop-1").empty());
  // The queues of modules elsewhere get all that those subscribe to.
  CHECK(keys_of(topology, "orderflow.users") == statistics_keys);
  CHECK(consumed_of(topology) == Names{"orderflow.billing", "orderflow.billing.shop-1",
                                       "orderflow.orders", "orderflow.orders.shop-1"});
  const Topology others = plan_for({"notifications", "webhooks", "users"}, "others");
  CHECK(keys_of(others, "orderflow.billing") ==
        Names{"order.cancel_requested.*.0.*", "order.created.*.0.*"});
}

TEST_CASE("with shards each queue takes its part of the orders and has one consumer at a time") {
  const Topology topology = plan_for({"billing"}, "billing-1", {"ORDERFLOW_RABBITMQ_SHARDS=4"});
  CHECK(topology.find("orderflow.billing") == nullptr);
  for (const std::string shard : {"0", "1", "2", "3"}) {
    CHECK(keys_of(topology, "orderflow.billing.shard-" + shard) ==
          Names{"order.cancel_requested.*." + shard + ".*", "order.created.*." + shard + ".*"});
    const bridge::Fields& arguments = topology.find("orderflow.billing.shard-" + shard)->arguments;
    CHECK(std::ranges::find(arguments, bridge::Fields::value_type{"x-single-active-consumer",
                                                                  true}) != arguments.end());
  }
  CHECK(keys_of(topology, "orderflow.billing.billing-1") == Names{"order.cancel_requested.*.*.*"});
  CHECK(names_of(topology, bridge::QueueUse::dead).size() == 4);
  // What others answer straight into the queue of orders needs no shard.
  const Topology orders = plan_for({"orders"}, "shop-1", {"ORDERFLOW_RABBITMQ_SHARDS=4"});
  CHECK(orders.find("orderflow.orders") != nullptr);
}

TEST_CASE("no queue of a module gets a copy of what is sent straight to it") {
  const Topology topology = plan_for({"billing"}, "billing-1");
  const Queue* shared = topology.find("orderflow.billing");
  REQUIRE(shared != nullptr);
  // Version 0.1 had bound it to all, by which what this version publishes for others came too.
  CHECK(keys_of(shared->outdated) == Names{"order.cancel_requested.*.*.*", "order.created.*.*.*"});
  const Topology orders = plan_for({"orders"}, "shop-1", {"ORDERFLOW_RABBITMQ_SHARDS=2"});
  CHECK(keys_of(orders, "orderflow.orders.shop-1") ==
        Names{"order.processed.*.0.shop-1", "order.processed.*.1.shop-1",
              "payment.refund_abandoned.*.0.shop-1", "payment.refund_abandoned.*.1.shop-1",
              "payment.refunded.*.0.shop-1", "payment.refunded.*.1.shop-1"});
  CHECK(keys_of(orders.find("orderflow.orders.shop-1")->outdated) ==
        Names{"order.processed.*.*.shop-1", "payment.refund_abandoned.*.*.shop-1",
              "payment.refunded.*.*.shop-1"});
  CHECK(topology.find("orderflow.billing.billing-1")->outdated.empty());
  CHECK(orders.find("orderflow.billing.shard-1")->outdated.empty());
}

TEST_CASE("the shared queue of a key is the one that it is bound to") {
  const Settings settings = shop_settings({"ORDERFLOW_RABBITMQ_SHARDS=4"});
  CHECK(shared_queue(settings, bridge::shop_subscriptions(), "billing", "") ==
        "orderflow.billing.shard-1");
  CHECK(shared_queue(settings, bridge::shop_subscriptions(), "orders", "x") == "orderflow.orders");
  CHECK(shared_queue(shop_settings({}), bridge::shop_subscriptions(), "billing", "x") ==
        "orderflow.billing");
}

TEST_CASE("every queue keeps what it holds, and what fails too often goes to the dead") {
  const Topology topology =
      plan_for({"billing"}, "billing-1",
               {"ORDERFLOW_RABBITMQ_DELIVERY_LIMIT=7", "ORDERFLOW_RABBITMQ_DEAD_EXCHANGE=graves",
                "RABBIT_MQ_BILLING_QUEUE=payments"});
  const bridge::Fields wanted{{"x-queue-type", "quorum"},
                              {"x-delivery-limit", std::int64_t{7}},
                              {"x-dead-letter-exchange", "graves"},
                              {"x-dead-letter-routing-key", "billing"},
                              {"x-dead-letter-strategy", "at-least-once"},
                              {"x-overflow", "reject-publish"}};
  CHECK((topology.find("payments")->arguments == wanted));
  CHECK((topology.find("payments.billing-1")->arguments == wanted));
  const Queue* dead = topology.find("payments.dead");
  REQUIRE(dead != nullptr);
  CHECK((dead->arguments == bridge::Fields{{"x-queue-type", "quorum"}}));
  CHECK((dead->bindings == std::vector<Binding>{{"graves", "billing"}}));
}

TEST_CASE("a dead queue is made before what leads to it") {
  const Topology topology = plan_for({"orders"}, "shop-1");
  std::set<std::string> dead;
  for (const Queue& queue : topology.queues) {
    if (queue.use == bridge::QueueUse::dead) dead.insert(queue.module);
    CHECK(dead.contains(queue.module));
  }
}

TEST_CASE("a node that has no name yet has no queue of its own") {
  CHECK(names_of(plan_for({"orders"}, ""), bridge::QueueUse::own).empty());
}

}  // namespace
}  // namespace orderflow::rabbitmq
