// What a module says that it hears, for nodes that do not host it, is what it subscribes to.
#include "modules.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::app {
namespace {

TEST_CASE("each module hears of others what it has told that it hears, and nothing else") {
  test::ModuleHarness harness(make_modules(), R"({"notifications": {"channel": "none"}})");
  host::Node& node = harness.node();
  std::set<std::string> own;
  for (const auto& type : node.catalog().types())
    own.insert(type.owner + " " + type.kind);

  std::set<std::string> subscribed;
  for (const auto& lane : node.dispatcher().status().lanes) {
    for (const std::string& kind : lane.kinds) {
      const std::string hearing = lane.module + " " + kind;
      if (!own.contains(hearing)) subscribed.insert(hearing);
    }
  }
  std::set<std::string> told;
  for (const auto& hearing : node.catalog().hearings())
    told.insert(hearing.module + " " + hearing.kind);
  CHECK(subscribed == told);
  CHECK(told.contains("billing order.created"));
}

}  // namespace
}  // namespace orderflow::app
