// Against a real broker; each test has a virtual host of its own.
#include "rabbitmq/declare.hpp"

#include "rabbitmq/requeue.hpp"
#include "rabbitmq/routing.hpp"
#include "shop_topology.hpp"
#include "test_connection.hpp"

#include <algorithm>

namespace orderflow::rabbitmq {
namespace {

struct Standings {
  std::size_t there = 0, missing = 0, clash = 0;
};

Standings count(const Inspection& inspection) {
  Standings counts;
  const auto add = [&](Standing standing) {
    counts.there += standing == Standing::there ? 1U : 0U;
    counts.missing += standing == Standing::missing ? 1U : 0U;
    counts.clash += standing == Standing::clash ? 1U : 0U;
  };
  for (const auto& exchange : inspection.exchanges)
    add(exchange.standing);
  for (const auto& queue : inspection.queues)
    add(queue.standing);
  return counts;
}

/// Publishes and waits until the broker has it; false where no queue took it.
bool arrives(Connection& connection, const Route& to, std::string body = "{}") {
  Channel channel(connection);
  channel.select_confirms();
  channel.publish(to, {.body = std::move(body)}, true);
  bool taken = true;
  while (true) {
    const auto event = connection.next(std::chrono::seconds(20));
    REQUIRE(event.has_value());
    if (std::holds_alternative<Returned>(*event)) taken = false;
    if (std::holds_alternative<Confirmed>(*event)) break;
  }
  channel.close();
  return taken;
}

std::uint32_t ready(Connection& connection, const std::string& queue) {
  Channel channel(connection);
  const auto counts = channel.check_queue(queue);
  channel.close();
  return counts.messages;
}

/// The broker counts while it still hands messages out and takes them back: one look more may see
/// another number.
void await_ready(Connection& connection, const std::string& queue, std::uint32_t messages) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::uint32_t seen = ready(connection, queue);
  while (seen != messages && std::chrono::steady_clock::now() < until) {
    connection.next(std::chrono::milliseconds(20));
    seen = ready(connection, queue);
  }
  CHECK(seen == messages);
}

Connection connect(test::RabbitmqBroker& broker, Watchdog& watchdog, const std::string& vhost) {
  broker.add_vhost(vhost);
  return {options_for(broker.uri(vhost)), watchdog};
}

/// Under which another system, or a node of version 0.1, publishes for modules.
std::string client_key(const events::EventMeta& event, unsigned shards) {
  return export_key(event) + "." + std::to_string(bridge::shard_of(event.key, shards)) + "." +
         event.home;
}

TEST_CASE("what a node wants is missing, then declared, then there, and declaring again is quiet") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "declared");
  const Topology topology = plan_for({"orders", "billing"}, "shop-1");
  const std::size_t parts = topology.exchanges.size() + topology.queues.size();
  CHECK(count(inspect(connection, topology)).missing == parts);
  CHECK(broker->control({"list_queues", "-p", "declared", "name", "--silent"}).find("orderflow") ==
        std::string::npos);
  declare(connection, topology);
  declare(connection, topology);
  CHECK(count(inspect(connection, topology)).there == parts);
}

TEST_CASE("events find their way by kind, shard and home") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "routed");
  const std::vector<std::string> shards{"ORDERFLOW_RABBITMQ_SHARDS=2"};
  declare(connection, plan_for({"orders"}, "shop-1", shards));
  declare(connection, plan_for({"billing"}, "billing-1", shards));
  auto meta = bridge::sample_meta("order.created");
  const std::string shard = std::to_string(bridge::shard_of(meta.key, 2));
  CHECK(arrives(connection, {"orderflow.events", client_key(meta, 2)}));
  await_ready(connection, "orderflow.billing.shard-" + shard, 1);
  await_ready(connection, "orderflow.users.shard-" + shard, 1);
  CHECK(ready(connection, "orderflow.orders") == 0);
  meta.kind = "order.processed";
  CHECK(arrives(connection, {"orderflow.events", client_key(meta, 2)}));
  await_ready(connection, "orderflow.orders.shop-1", 1);
  meta.kind = "order.cancel_requested";
  CHECK(arrives(connection, {"orderflow.events", client_key(meta, 2)}));
  await_ready(connection, "orderflow.billing.billing-1", 1);
  meta.kind = "payment.requested";
  CHECK_FALSE(arrives(connection, {"orderflow.events", client_key(meta, 2)}));
}

TEST_CASE("what a node publishes for other systems comes to no queue that has had its copy") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "others");
  declare(connection, plan_for({"orders"}, "shop-1"));
  declare(connection, plan_for({"billing"}, "billing-1"));
  auto meta = bridge::sample_meta("order.created");
  CHECK_FALSE(arrives(connection, {"orderflow.events", split_key(meta)}));
  meta.kind = "order.processed";
  CHECK_FALSE(arrives(connection, {"orderflow.events", split_key(meta)}));
  // Of this every node of billing has one besides.
  meta.kind = "order.cancel_requested";
  CHECK(arrives(connection, {"orderflow.events", split_key(meta)}));
  await_ready(connection, "orderflow.billing.billing-1", 1);
  CHECK(ready(connection, "orderflow.billing") == 0);
  // Bindings of version 0.1 go.
  Channel channel(connection);
  channel.bind_queue("orderflow.billing", "orderflow.events", "order.created.*.*.*");
  meta.kind = "order.created";
  CHECK(arrives(connection, {"orderflow.events", split_key(meta)}));
  declare(connection, plan_for({"billing"}, "billing-1"));
  CHECK_FALSE(arrives(connection, {"orderflow.events", split_key(meta)}));
}

TEST_CASE("a node that takes a module over unbinds what its own queue need not receive any more") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "outdated");
  declare(connection, plan_for({"orders"}, "shop-1"));
  auto meta = bridge::sample_meta("payment.refund_abandoned");
  CHECK(arrives(connection, {"orderflow.events", client_key(meta, 1)}));
  declare(connection, plan_for({"orders", "billing"}, "shop-1"));
  CHECK(arrives(connection, {"orderflow.events", client_key(meta, 1)}));
  await_ready(connection, "orderflow.webhooks", 2);
  await_ready(connection, "orderflow.orders.shop-1", 1);
}

TEST_CASE("a clash names the queue, what stands there, what is wanted and what to do") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "clash");
  declare(connection, plan_for({"billing"}, "billing-1"));
  const Topology other =
      plan_for({"billing"}, "billing-1", {"ORDERFLOW_RABBITMQ_DELIVERY_LIMIT=9"});
  try {
    declare(connection, other);
    FAIL("declared");
  } catch (const bridge::BrokerRefused& refused) {
    CHECK(refused.code() == 406);
    const std::string message = refused.what();
    CHECK_MESSAGE(contains(message, "the queue orderflow.billing stands"), message);
    CHECK_MESSAGE(contains(message, "x-delivery-limit is 50 there"), message);
    CHECK_MESSAGE(contains(message, "x-delivery-limit = 9"), message);
    CHECK_MESSAGE(contains(message, "rabbitmq.queues.billing"), message);
  }
  const Inspection inspection = inspect(connection, other);
  CHECK(count(inspection).clash == 5);
  CHECK(count(inspection).missing == 0);
}

TEST_CASE("an exchange of another type, and a queue of another kind, are clashes too") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "types");
  {
    Channel channel(connection);
    channel.declare_exchange("orderflow.events", "fanout");
    channel.declare_queue("orderflow.users");
    channel.close();
  }
  const Inspection inspection = inspect(connection, plan_for({"users"}));
  CHECK(count(inspection).clash == 2);
  CHECK_MESSAGE(contains(inspection.exchanges[0].detail, "type is fanout there"),
                inspection.exchanges[0].detail);
  const auto users = std::ranges::find(inspection.queues, "orderflow.users",
                                       [](const InspectedQueue& q) { return q.wanted.name; });
  REQUIRE(users != inspection.queues.end());
  CHECK(users->standing == Standing::clash);
  CHECK_MESSAGE(contains(users->detail, "another name to the queue"), users->detail);
}

TEST_CASE("what is rejected waits among the dead, and goes back on request") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection = connect(*broker, watchdog, "dead");
  declare(connection, plan_for({"users"}));
  for (const char* body : {"1", "2", "3"})
    CHECK(arrives(connection, {.routing_key = "orderflow.users"}, body));
  {
    Channel channel(connection);
    channel.consume("orderflow.users", "test");
    for (int i = 0; i < 3; ++i)
      channel.reject(wait_for<Delivery>(connection).tag, false);
    await_ready(connection, "orderflow.users.dead", 3);
    channel.close();
  }
  const auto back = [](const bridge::Message&) { return std::string("orderflow.users"); };
  CHECK(requeue(connection, "orderflow.users.dead", back, 2) == 2);
  await_ready(connection, "orderflow.users.dead", 1);
  await_ready(connection, "orderflow.users", 2);
  const auto nowhere = [](const bridge::Message&) { return std::string("nowhere"); };
  CHECK_THROWS_AS(requeue(connection, "orderflow.users.dead", nowhere, 9), bridge::BrokerRefused);
  Connection fresh(options_for(broker->uri("dead")), watchdog);
  await_ready(fresh, "orderflow.users.dead", 1);
  CHECK(requeue(fresh, "orderflow.users.dead", back, 9) == 1);
  CHECK(requeue(fresh, "orderflow.users.dead", back, 9) == 0);
  CHECK_THROWS_AS(requeue(fresh, "nowhere.dead", back, 9), bridge::BrokerRefused);
  Channel channel(fresh);
  channel.consume("orderflow.users", "test");
  const Delivery first = wait_for<Delivery>(fresh);
  CHECK(first.message.body == "1");
  CHECK(std::ranges::none_of(first.message.headers,
                             [](const auto& field) { return field.first.starts_with("x-"); }));
}

}  // namespace
}  // namespace orderflow::rabbitmq
