// Whatever an administrator changes, or is refused, stands in the audit.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

const std::string any_webhook_target = "http://127.0.0.1:1/hooks/secret-of-its-owner";

/// An order whose payment dies at once, and webhooks that fail at once.
const Settings one_attempt{{"ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "1"},
                           {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE", "true"},
                           {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_RETRY_DELAYS", "1ms"}};

class Office {
 public:
  explicit Office(const std::filesystem::path& folder)
      : folder_(folder),
        key_(make_key(folder, "chief", {"admin", "orders:read", "orders:write"})["key"]) {
    restart(one_attempt);
  }

  /// Another node in its place, with other settings.
  void restart(const Settings& settings, const std::vector<std::string>& flags = {}) {
    node_.reset();
    node_.emplace(folder_, settings, flags);
    client_.emplace(node_->port());
  }

  HttpResponse send(const std::string& method, const std::string& target, const json& body = {}) {
    HttpHeaders headers = bearer(key_);
    if (!body.is_null()) headers.emplace_back("Content-Type", "application/json");
    return client_->send(method, target, headers, body.is_null() ? "" : body.dump());
  }
  json get(const std::string& target) { return send("GET", target).json(); }
  json newest_entry() { return get("/v1/admin/audit?limit=1").at("entries").at(0); }

  /// The routes by which an administrator changes something: "POST /v1/admin/backup".
  std::set<std::string> changes() {
    std::set<std::string> found;
    const json table = get("/v1/admin/routes");
    for (const json& route : table["routes"]) {
      const std::string method = route["method"];
      if (route["needs"] == "admin" && method != "GET") {
        found.insert(method + " " + route["path"].get<std::string>());
      }
    }
    return found;
  }

  /// What fails is found dead, or failed: the first of the list `name` at `target`.
  json wait_for_first(const std::string& target, const std::string& name) {
    json list;
    wait_until("there is one at " + target, [&] {
      list = get(target).at(name);
      return !list.empty();
    });
    return list[0];
  }

 private:
  const std::filesystem::path folder_;
  const std::string key_;
  std::optional<Node> node_;
  std::optional<HttpClient> client_;
};

/// Does what changes something, route by route, and looks for it in the audit.
class Inspection {
 public:
  explicit Inspection(Office& office) : office_(office) {}

  json change(const std::string& route, const std::string& target, const std::string& action,
              const json& body = {}) {
    CAPTURE(route);
    const auto before = office_.newest_entry().at("id").get<std::int64_t>();
    const HttpResponse response = office_.send(route.substr(0, route.find(' ')), target, body);
    CAPTURE(response.body);
    CHECK(response.status / 100 == 2);
    const json entry = office_.newest_entry();
    CHECK(entry.at("id") == before + 1);
    CHECK(entry.at("action") == action);
    CHECK(entry.at("actor") == "chief");
    CHECK(entry.at("correlationId") == response.header("x-correlation-id"));
    CHECK(entry.dump().find("secret-of-its-owner") == std::string::npos);
    inspected.insert(route);
    return response.body.empty() ? json() : response.json();
  }

  std::set<std::string> inspected;

 private:
  Office& office_;
};

void change_the_flow(Inspection& inspection, Office& office) {
  const std::string subscription = "/v1/admin/subscriptions/{name}";
  for (const std::string action : {"pause", "resume", "rebuild"}) {
    inspection.change("POST " + subscription + "/" + action,
                      "/v1/admin/subscriptions/users.statistics/" + action, action);
  }
  inspection.change("POST /v1/admin/backup", "/v1/admin/backup", "backup");
  const std::string levels = "/v1/admin/log-levels";
  inspection.change("PUT " + levels, levels, "log-levels", {{"levels", {{"http", "warn"}}}});
  const std::string letters = "/v1/admin/dead-letters";
  const auto dead = [&] {
    const json letter = office.wait_for_first(letters, "deadLetters");
    return letters + "/" + letter.at("id").get<std::string>();
  };
  REQUIRE(office.send("POST", "/v1/orders", order_of("u-1", 700, "sim-fail-9")).status == 201);
  inspection.change("POST " + letters + "/{id}/replay", dead() + "/replay", "replay");
  dead();
  inspection.change("POST " + letters + "/replay", letters + "/replay", "replay-all",
                    json::object());
  wait_until("the replay has finished", [&] {
    return office.get("/v1/admin/replays").at("replays").at(0).at("state") == "finished";
  });
  inspection.change("DELETE " + letters + "/{id}", dead() + "?reason=gone", "discard");
}

void change_keys(Inspection& inspection) {
  const std::string keys = "/v1/admin/keys";
  const json made = inspection.change("POST " + keys, keys, "create-key",
                                      {{"name", "shop"}, {"scopes", {"orders:read"}}});
  const std::string key = keys + "/" + made.at("id").get<std::string>();
  inspection.change("POST " + keys + "/{id}/rotate", key + "/rotate", "rotate-key");
  inspection.change("DELETE " + keys + "/{id}", key, "revoke-key");
}

void change_webhooks(Inspection& inspection, Office& office) {
  const std::string webhooks = "/v1/webhooks";
  const std::string one = webhooks + "/{id}";
  const json made =
      inspection.change("POST " + webhooks, webhooks, "add-webhook", {{"url", any_webhook_target}});
  CHECK(office.newest_entry().at("detail").at("to") == "http://127.0.0.1:1");
  const std::string path = webhooks + "/" + made.at("id").get<std::string>();
  inspection.change("PATCH " + one, path, "change-webhook", {{"kinds", {"order.created"}}});
  CHECK(office.newest_entry().at("detail").at("kinds") == json::array({"order.created"}));
  inspection.change("POST " + one + "/rotate-secret", path + "/rotate-secret",
                    "rotate-webhook-secret");
  inspection.change("POST " + one + "/test", path + "/test", "test-webhook");
  CHECK(office.newest_entry().at("detail").at("delivered") == false);

  REQUIRE(office.send("POST", "/v1/orders", order_of("u-2", 700)).status == 201);
  const auto failed = [&] {
    const json delivery = office.wait_for_first(path + "/deliveries?state=failed", "deliveries");
    return delivery.at("sequence").get<std::string>();
  };
  inspection.change("POST " + one + "/deliveries/{sequence}/resend",
                    path + "/deliveries/" + failed() + "/resend", "resend-webhook");
  failed();
  inspection.change("POST " + one + "/resend-failed", path + "/resend-failed",
                    "resend-failed-webhooks");
  inspection.change("DELETE " + one, path, "delete-webhook");
  CHECK(office.newest_entry().at("detail").at("state") == "deleted");
}

/// A cursor of a module that is not hosted any more.
void forget_a_cursor(Inspection& inspection, Office& office) {
  office.restart({{"ORDERFLOW_NODE_MODULES", "orders,billing,notifications"}},
                 {"--accept-modules"});
  inspection.change("POST /v1/admin/subscriptions/{name}/forget",
                    "/v1/admin/subscriptions/users.statistics/forget", "forget");
}

TEST_CASE("every change by an administrator is recorded in the audit: who, what and when") {
  TemporaryFolder folder;
  Office office(folder.path());
  Inspection inspection(office);
  change_the_flow(inspection, office);
  change_keys(inspection);
  change_webhooks(inspection, office);
  forget_a_cursor(inspection, office);
  CHECK(inspection.inspected == office.changes());
}

TEST_CASE("every change that an administrator is refused is recorded in the audit") {
  TemporaryFolder folder;
  Office office(folder.path());
  for (const std::string& route : office.changes()) {
    CAPTURE(route);
    const std::size_t space = route.find(' ');
    std::string path = route.substr(space + 1);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x");
    const HttpResponse response =
        office.send(route.substr(0, space), path + "?colour=red", {{"colour", "red"}});
    CHECK(response.status / 100 == 4);
    const json entry = office.newest_entry();
    CHECK(entry.at("action") == "refused");
    CHECK(entry.at("actor") == "chief");
    CHECK(entry.at("correlationId") == response.header("x-correlation-id"));
    CHECK(entry.at("detail") ==
          json({{"route", route}, {"path", path}, {"status", response.status}}));
  }
}

}  // namespace
}  // namespace orderflow::test
