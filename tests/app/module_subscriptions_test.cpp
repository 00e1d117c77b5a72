// What a module declares for nodes that do not host it is what it subscribes to.
#include "app/modules.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::app {
namespace {

TEST_CASE(
    "each module subscribes to the events of others that it has declared, and to nothing else") {
  test::ModuleHarness harness(make_modules(), R"({"notifications": {"channel": "none"}})");
  host::Node& node = harness.node();
  std::set<std::string> own;
  for (const auto& type : node.catalog().types())
    own.insert(type.owner + " " + type.kind);

  std::set<std::string> subscribed;
  for (const auto& subscription : node.dispatcher().status().subscriptions) {
    for (const std::string& kind : subscription.kinds) {
      const std::string entry = subscription.module + " " + kind;
      if (!own.contains(entry)) subscribed.insert(entry);
    }
  }
  std::set<std::string> declared;
  for (const auto& entry : node.catalog().module_subscriptions())
    declared.insert(entry.module + " " + entry.kind);
  CHECK(subscribed == declared);
  CHECK(declared.contains("billing order.created"));
}

}  // namespace
}  // namespace orderflow::app
