// Which queues a node needs; how they look on RabbitMQ is in topology_test.
#include "bridge/queue_plan.hpp"

#include "core/random.hpp"
#include "shop_subscriptions.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

namespace orderflow::bridge {
namespace {

QueuePlan plan_for(std::set<std::string> hosted, unsigned shards = 1) {
  const PlannedNode node{.name = "shop-1",
                         .hosted = std::move(hosted),
                         .modules = {shop_modules.begin(), shop_modules.end()}};
  return plan_queues(shop_subscriptions(), node, shards);
}

std::vector<PlannedQueue> queues_of(const QueuePlan& plan, QueueUse use, std::string_view module) {
  std::vector<PlannedQueue> found;
  std::ranges::copy_if(plan.queues, std::back_inserter(found), [&](const PlannedQueue& queue) {
    return queue.use == use && queue.module == module;
  });
  return found;
}

TEST_CASE("a node with every module needs no queue") {
  const QueuePlan plan = plan_for({shop_modules.begin(), shop_modules.end()});
  CHECK(plan.mode == BridgeMode::exports);
  CHECK(plan.queues.empty());
}

TEST_CASE("a node gets what follows from its own orders, and consumes its modules alone") {
  const QueuePlan plan = plan_for({"orders"});
  CHECK(plan.mode == BridgeMode::split);
  const auto own = queues_of(plan, QueueUse::own, "orders");
  REQUIRE(own.size() == 1);
  CHECK(own[0].consumed);
  CHECK(own[0].kinds.size() == 3);
  CHECK(std::ranges::all_of(own[0].kinds, &QueuedKind::only_own_home));
  const auto billing = queues_of(plan, QueueUse::shared, "billing");
  REQUIRE(billing.size() == 1);
  CHECK_FALSE(billing[0].consumed);
  CHECK(std::ranges::none_of(billing[0].kinds, &QueuedKind::only_own_home));
}

TEST_CASE("each shard has a queue, except of a module that gets answers alone") {
  const QueuePlan plan = plan_for({"orders"}, 4);
  const auto billing = queues_of(plan, QueueUse::shared, "billing");
  REQUIRE(billing.size() == 4);
  for (unsigned shard = 0; shard < 4; ++shard) {
    CHECK(billing[shard].shard == shard);
    CHECK(billing[shard].shards == 4);
    CHECK(billing[shard].kinds.size() == 2);
  }
  CHECK(queues_of(plan, QueueUse::shared, "orders").size() == 1);
  CHECK(queues_of(plan, QueueUse::dead, "billing").size() == 1);
}

TEST_CASE("the shard of a key is FNV-1a of 64 bits") {
  // From the published test vectors of the hash.
  CHECK(shard_of("", 1'000'000) == 0xcbf29ce484222325ULL % 1'000'000);
  CHECK(shard_of("a", 1'000'000) == 0xaf63dc4c8601ec8cULL % 1'000'000);
  CHECK(shard_of("foobar", 1'000'000) == 0x85944171f73967e8ULL % 1'000'000);
  CHECK(shard_of("anything", 1) == 0);
}

TEST_CASE("orders spread over all shards") {
  core::SeededRandom random{7};
  std::map<unsigned, int> counts;
  for (int i = 0; i < 4000; ++i) {
    core::Uuid id = core::make_uuid_v7(1'772'368'200'123, {});
    for (std::size_t byte = 8; byte < 16; ++byte)
      id.bytes[byte] = static_cast<std::uint8_t>(random.next());
    ++counts[shard_of(id.to_string(), 4)];
  }
  REQUIRE(counts.size() == 4);
  for (const auto& [shard, count] : counts)
    CHECK(count > 800);
}

}  // namespace
}  // namespace orderflow::bridge
