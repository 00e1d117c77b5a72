#include "rabbitmq/routing.hpp"

#include "shop_events.hpp"

#include <doctest/doctest.h>

namespace orderflow::rabbitmq {
namespace {

TEST_CASE("a routing key has kind and version, and where modules are spread the home") {
  const auto meta = bridge::sample_meta("order.created");
  CHECK(export_key(meta) == "order.created.v1");
  CHECK(split_key(meta) == "order.created.v1.any.shop-1");
  CHECK(split_binding("order.created", "*", "*") == "order.created.*.*.*");
  CHECK(split_binding("order.created", "3", "*") == "order.created.*.3.*");
  CHECK(split_binding("order.created", "*", "shop-1") == "order.created.*.*.shop-1");
}

}  // namespace
}  // namespace orderflow::rabbitmq
