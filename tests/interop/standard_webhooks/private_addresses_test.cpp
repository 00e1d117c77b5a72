// Webhooks to addresses that no webhook may be sent to.
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

TEST_CASE("addresses of this machine and of private networks cannot be registered") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  for (const char* host :
       {"localhost", "127.0.0.1", "0.0.0.0", "10.0.0.1", "192.168.0.1", "169.254.169.254", "[::1]",
        "[::ffff:127.0.0.1]", "[fd00::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
    CAPTURE(host);
    const auto response = client.post("/v1/webhooks", {{"url", "https://" + std::string(host)}});
    CHECK(response.status == 422);
    CHECK(response.json().at("errors").at(0).at("pointer") == "/url");
  }
  CHECK(client.post("/v1/webhooks", {{"url", "http://example.com/"}}).status == 422);
}

TEST_CASE("whatever a name or a spelling leads to, no private address is connected to") {
  TemporaryFolder folder;
  Receiver receiver;
  std::vector<json> endpoints;
  {
    Node node(folder.path(), local_webhooks);
    HttpClient client(node.port());
    for (const char* host : {"localhost", "127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]",
                             "2130706433", "0x7f.1", "127.1", "169.254.169.254"}) {
      endpoints.push_back(add(client, receiver.url("guarded", host), {"order.created"}));
    }
    // The receiver can be reached by these: it is the guard that keeps them from it.
    for (std::size_t n = 0; n + 1 < endpoints.size(); ++n) {
      const auto tried = client.post(path_of(endpoints[n]) + "/test", json::object());
      CAPTURE(endpoints[n].at("url"));
      if (endpoints[n].at("url").get<std::string>().find("ffff") == std::string::npos) {
        CHECK(tried.json().at("delivered") == true);
      }
    }
  }
  const std::size_t before = receiver.requests("guarded").size();
  CHECK(before >= 5);
  Settings guarded = local_webhooks;
  guarded[1].second = "false";
  Node node(folder.path(), guarded);
  HttpClient client(node.port());
  place_many(client, 1);
  for (const json& endpoint : endpoints) {
    CAPTURE(endpoint.at("url"));
    json delivery;
    wait_until("an attempt was refused", [&] {
      const json all = get(client, path_of(endpoint) + "/deliveries").at("deliveries");
      if (!all.empty()) delivery = all.at(0);
      return !all.empty() && all.at(0).at("attempts") > 0;
    });
    CHECK(delivery.at("state") == "due");
    CHECK(delivery.at("lastStatus") == nullptr);
    CHECK(delivery.at("lastError").get<std::string>().find("not a public one") !=
          std::string::npos);
    const auto tried = client.post(path_of(endpoint) + "/test", json::object()).json();
    CHECK(tried.at("delivered") == false);
  }
  CHECK(receiver.requests("guarded").size() == before);
}

}  // namespace
}  // namespace orderflow::test
