// Every route there is, with every key that must not reach it.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/orders.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::vector<std::string> every_scope{"orders:read", "orders:write", "events:read",
                                           "metrics:read", "admin"};

/// What is open to everybody: probes, and what has a proof of its own.
const std::set<std::string> open_routes{"GET /",
                                        "GET /console/{file}",
                                        "GET /docs",
                                        "GET /docs/reference.css",
                                        "GET /docs/reference.js",
                                        "GET /healthz",
                                        "GET /readyz",
                                        "GET /v1/notifications/unsubscribe/{token}",
                                        "POST /v1/notifications/unsubscribe/{token}",
                                        "POST /v1/payments/gateway-events"};

/// Settings under which a node has every route there is.
const Settings all_routes{{"ORDERFLOW_BILLING_GATEWAY_KIND", "card"},
                          {"ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL", "http://127.0.0.1:1"},
                          {"ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY", "sk_test_key"},
                          {"ORDERFLOW_BILLING_GATEWAY_CARD_WEBHOOK_SECRET", "whsec_test"}};

struct Asked {
  HttpResponse response;
  /// What a caller could distinguish one refusal from another by.
  std::string look() const {
    std::string text = std::to_string(response.status) + "\n";
    for (const auto& [name, value] : response.headers) {
      if (name != "date" && name != "traceparent") text += name + ": " + value + "\n";
    }
    return text + response.body;
  }
};

class Door {
 public:
  explicit Door(Node& node) : client_(node.port()) {}

  Asked ask(const std::string& key, const std::string& method, std::string path) {
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "x");
    }
    HttpHeaders headers = bearer(key);
    headers.emplace_back("X-Correlation-ID", "the-same");
    const bool carries = method != "GET" && method != "DELETE";
    if (carries) headers.emplace_back("Content-Type", "application/json");
    return {client_.send(method, path, headers, carries ? "{}" : "")};
  }

 private:
  HttpClient client_;
};

/// All that could be changed through the routes.
json state_of(Node& node, const std::string& key) {
  HttpClient client(node.port());
  json state;
  for (const char* target : {"/v1/orders", "/v1/webhooks", "/v1/admin/audit", "/v1/admin/backups",
                             "/v1/admin/replays", "/v1/events"}) {
    state[target] = client.send("GET", target, bearer(key), "").body;
  }
  json keys = client.send("GET", "/v1/admin/keys", bearer(key), "").json();
  for (json& each : keys["keys"]) {
    each.erase("lastUsedAt");
    state["keys"].push_back(each);
  }
  const json all = client.send("GET", "/v1/admin/subscriptions", bearer(key), "").json();
  for (const json& each : all["subscriptions"])
    state["paused"].push_back(each["paused"]);
  return state;
}

TEST_CASE(
    "every route refuses a request without a key, or with a wrong, expired, revoked or too narrow "
    "one") {
  TemporaryFolder folder;
  const auto key_of = [](const json& made) { return made["key"].get<std::string>(); };
  const std::string whole = key_of(make_key(folder.path(), "whole", every_scope));
  std::map<std::string, std::string> narrow;
  for (std::size_t i = 0; i < every_scope.size(); ++i) {
    std::vector<std::string> others = every_scope;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    narrow[every_scope[i]] = key_of(make_key(folder.path(), "narrow-" + std::to_string(i), others));
  }
  const json revoked = make_key(folder.path(), "revoked", every_scope);
  REQUIRE(keys_command(folder.path(), {"revoke", revoked["id"].get<std::string>()}).code == 0);
  const json expired = make_key(folder.path(), "expired", every_scope, "", "1s");
  std::string wrong = whole;
  wrong.back() = wrong.back() == '0' ? '1' : '0';

  Node node(folder.path(), all_routes);
  Door door(node);
  wait_until("the key has expired",
             [&] { return door.ask(key_of(expired), "GET", "/v1/orders").response.status == 401; });
  const json before = state_of(node, whole);
  const json routes = door.ask(whole, "GET", "/v1/admin/routes").response.json()["routes"];
  CHECK(routes.size() > 40);
  std::set<std::string> open;
  for (const json& route : routes) {
    const std::string method = route["method"];
    const std::string path = route["path"];
    CAPTURE(method);
    CAPTURE(path);
    if (route["needs"] == "open") {
      open.insert(method + " " + path);
      continue;
    }
    const Asked without = door.ask("", method, path);
    CHECK(without.response.status == 401);
    CHECK(without.response.json()["type"] == "/problems/key-required");
    for (const std::string& bad :
         {wrong, key_of(expired), key_of(revoked), std::string("ofk_nonsense")}) {
      CHECK(door.ask(bad, method, path).look() == without.look());
    }
    if (route["needs"] == "any key") continue;
    const Asked refused = door.ask(narrow.at(route["needs"]), method, path);
    CHECK(refused.response.status == 403);
    CHECK(refused.response.json()["type"] == "/problems/scope-required");
  }
  CHECK(open == open_routes);
  CHECK(door.ask("", "GET", "/v1/nothing/there").response.status == 401);
  CHECK(state_of(node, whole) == before);
}

TEST_CASE("a key with the right scope reaches every route that reads") {
  TemporaryFolder folder;
  const json made = make_key(folder.path(), "whole", every_scope);
  Node node(folder.path(), all_routes);
  Door door(node);
  const std::string key = made["key"];
  const json table = door.ask(key, "GET", "/v1/admin/routes").response.json();
  for (const json& route : table["routes"]) {
    if (route["method"] != "GET" || route["path"] == "/v1/events/stream") continue;
    CAPTURE(route.dump());
    const unsigned status = door.ask(key, "GET", route["path"]).response.status;
    CHECK(status != 401);
    CHECK(status != 403);
    CHECK(status < 500);
  }
}

TEST_CASE("a request from another site or for another host is refused, with a key or without") {
  TemporaryFolder folder;
  const json made = make_key(folder.path(), "whole", every_scope);
  Node node(folder.path());
  HttpClient client(node.port());
  const auto post = [&](HttpHeaders more) {
    HttpHeaders headers = bearer(made["key"]);
    headers.insert(headers.end(), more.begin(), more.end());
    return client.post("/v1/orders", order_of("ada", 500), headers).status;
  };
  CHECK(post({{"Sec-Fetch-Site", "cross-site"}}) == 403);
  CHECK(post({{"Sec-Fetch-Site", "same-site"}}) == 403);
  CHECK(post({{"Origin", "https://elsewhere.example"}}) == 403);
  CHECK(post({{"Origin", "null"}}) == 403);
  const auto for_host = [&](const std::string& host) {
    RawClient raw(node.port());
    raw.send("GET /v1/orders HTTP/1.1\r\nHost: " + host +
             "\r\nAuthorization: " + bearer(made["key"])[0].second + "\r\n\r\n");
    return raw.read_response().status;
  };
  CHECK(for_host("elsewhere.example") == 421);
  CHECK(for_host("elsewhere.example:" + std::to_string(node.port())) == 421);
  CHECK(for_host("127.0.0.1:" + std::to_string(node.port())) == 200);
  CHECK(post({{"Sec-Fetch-Site", "same-origin"}}) == 201);
  CHECK(post({}) == 201);
  CHECK(client.send("GET", "/v1/orders", bearer(made["key"]), "").json()["orders"].size() == 2);
}

}  // namespace
}  // namespace orderflow::test
