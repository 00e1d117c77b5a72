// Nodes are restarted one after the other while clients order from all of them.
#include "acceptance/support/node.hpp"
#include "faults/balancer.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>

namespace orderflow::test {
namespace {

TEST_CASE("a rolling restart refuses no request of clients that obey /readyz") {
  TemporaryFolder folder;
  // A look that comes late on a busy machine still comes in time.
  const Settings settings{{"ORDERFLOW_HTTP_LAME_DUCK_MS", "3000"},
                          {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                          {"ORDERFLOW_LOG_LEVEL", "warn"}};
  std::array<std::unique_ptr<Node>, 2> nodes;
  Balancer balancer(nodes.size(), 4);
  const auto start = [&](std::size_t number) {
    nodes[number] = std::make_unique<Node>(folder.path() / std::to_string(number), settings);
    balancer.serve(number, nodes[number]->port());
  };
  start(0);
  start(1);
  for (const std::size_t number : {0U, 1U, 0U}) {
    balancer.wait_for_more(100);
    nodes[number]->stop();
    start(number);
  }
  balancer.wait_for_more(100);
  const auto tally = balancer.tally();
  MESSAGE(tally.answered << " orders over 3 restarts, " << tally.failures.size() << " failed");
  for (const std::string& failure : tally.failures)
    FAIL_CHECK(failure);
}

}  // namespace
}  // namespace orderflow::test
