// Webhooks of a node that is stopped or killed while it sends them.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "endpoints.hpp"
#include "receiver.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

TEST_CASE("a stop lets the requests under way end, and nothing is sent twice because of it") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<std::string> orders;
  {
    Node node(folder.path(), local_webhooks);
    HttpClient client(node.port());
    add(client, receiver, "slow", {{"delayMs", 300}});
    orders = place_many(client, 8);
    wait_until("requests are under way", [&] { return !receiver.requests("slow").empty(); });
    node.stop();
  }
  Node node(folder.path(), local_webhooks);
  check_courses(wait_for(receiver, "slow", 2 * orders.size()), orders);
  CHECK(receiver.requests("slow").size() == 2 * orders.size());
}

TEST_CASE("kills in the middle lose nothing, keep the order, and repeat only under the same id") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<std::string> orders;
  std::string secret;
  {
    Node node(folder.path(), local_webhooks);
    HttpClient client(node.port());
    secret = add(client, receiver, "hooks", {{"silent", true}}).at("secret");
    orders = place_many(client, 20);
    wait_until("requests are in flight", [&] { return receiver.requests("hooks").size() >= 4; });
    node.kill();
  }
  const json held = receiver.requests("hooks");
  receiver.rule("hooks", {{"secrets", {secret}}, {"status", 200}});
  for (int round = 0; round < 3; ++round) {
    Node node(folder.path(), local_webhooks);
    HttpClient client(node.port());
    const std::size_t before = ids_of(accepted(receiver, "hooks")).size();
    for (const std::string& order : place_many(client, 20))
      orders.push_back(order);
    wait_for(receiver, "hooks", before + 5);
    node.kill();
  }
  {
    Node node(folder.path(), local_webhooks);
    const auto requests = wait_for(receiver, "hooks", 2 * orders.size());
    check_courses(requests, orders);
    for (const json& request : requests)
      CHECK(request.at("valid") == json{true});
    const auto ids = ids_of(requests);
    for (const json& request : held)
      CHECK(ids.contains(request.at("id")));
    // Of each round, no more than was in flight: four requests to one endpoint.
    CHECK(requests.size() <= ids.size() + 3 * 4);
  }
  check_sound(folder.path());
}

}  // namespace
}  // namespace orderflow::test
