#include "rabbitmq/routing.hpp"

#include "shop_events.hpp"

#include <doctest/doctest.h>

#include <set>

namespace orderflow::rabbitmq {
namespace {

TEST_CASE("a routing key tells kind and version, and where modules are spread shard and home") {
  const auto meta = bridge::sample_meta("order.created");
  CHECK(export_key(meta) == "order.created.v1");
  CHECK(split_key(meta, 1) == "order.created.v1.0.shop-1");
  CHECK(split_binding("order.created", "*", "*") == "order.created.*.*.*");
  CHECK(split_binding("order.created", "3", "*") == "order.created.*.3.*");
  CHECK(split_binding("order.created", "*", "shop-1") == "order.created.*.*.shop-1");
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
}  // namespace orderflow::rabbitmq
