#include "key_admin/key_routes.hpp"

#include "access/key_store.hpp"
#include "host/admin_scope.hpp"
#include "key_admin/key_uses.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace orderflow::key_admin {
namespace {

using namespace std::chrono_literals;
using http::Method;
using nlohmann::json;

constexpr core::Scope orders_read{"orders:read"};

/// The keys of a node as a module of its own, without the authorizer before its routes.
class KeyModule final : public host::Module {
 public:
  explicit KeyModule(std::optional<access::KeyRing>& ring) : ring_(ring) {
    scopes_.add(std::array{orders_read, host::admin_scope});
  }
  std::string_view name() const noexcept override { return access::owner; }
  void configure(const config::Section&) override {}
  void describe(events::Catalog&) const override {}
  void install(host::Host& host) override {
    ring_.emplace(host.clock(), access::Exposure::loopback);
    add_key_routes(host, *ring_, scopes_);
    keep_key_uses(host, *ring_);
  }

 private:
  access::ScopeCatalog scopes_;
  std::optional<access::KeyRing>& ring_;
};

struct KeyRoutesFixture {
  std::optional<access::KeyRing> ring;
  test::ModuleHarness harness{std::make_unique<KeyModule>(ring)};

  http::Response create(const json& body) {
    return harness.call(Method::post, "/v1/admin/keys", body.dump(),
                        {{"content-type", "application/json"}});
  }
  http::Authorizer::Decision decision(const std::string& key) {
    http::Request request;
    request.headers.emplace_back("authorization", "Bearer " + key);
    return ring->authorize(request, orders_read);
  }
  json only_key() {
    return json::parse(harness.call(Method::get, "/v1/admin/keys").body).at("keys").at(0);
  }
};

const json requested = {{"name", "shop"}, {"scopes", {"orders:read"}}, {"expiresInSeconds", 3600}};

TEST_CASE_FIXTURE(KeyRoutesFixture, "a key is in force with the commit that made it") {
  const auto made = create(requested);
  REQUIRE(made.status == 201);
  const json key = json::parse(made.body);
  CHECK(decision(key["key"]) == http::Authorizer::Decision::authorized);
  CHECK_FALSE(only_key().contains("key"));
  CHECK_FALSE(only_key().contains("hash"));
  const std::string one = "/v1/admin/keys/" + key["id"].get<std::string>();
  CHECK(harness.call(Method::del, one).status == 200);
  CHECK(decision(key["key"]) == http::Authorizer::Decision::unknown);
  CHECK(harness.call(Method::del, one).status == 409);
  CHECK(harness.call(Method::post, one + "/rotate").status == 409);
  CHECK(harness.call(Method::del, "/v1/admin/keys/none").status == 404);
}

TEST_CASE_FIXTURE(KeyRoutesFixture, "the last use of a key is recorded once a minute") {
  const json key = json::parse(create(requested).body);
  harness.advance(30s);
  REQUIRE(decision(key["key"]) == http::Authorizer::Decision::authorized);
  const std::string used_at = core::to_rfc3339(harness.clock.now());
  CHECK(only_key()["lastUsedAt"].is_null());
  harness.advance(30s);
  CHECK(only_key()["lastUsedAt"] == used_at);
  const auto writes = [&] { return harness.node().writer().counters().writes; };
  const auto before = writes();
  harness.advance(1min);
  harness.advance(1min);
  CHECK(writes() == before);
}

TEST_CASE_FIXTURE(KeyRoutesFixture, "a bad request is refused field by field, and makes no key") {
  struct Bad {
    const char* field;
    json value;
  };
  const std::vector<Bad> bads{{"name", nullptr},
                              {"name", "two words"},
                              {"name", "local"},
                              {"name", 5},
                              {"scopes", nullptr},
                              {"scopes", json::array()},
                              {"scopes", "admin"},
                              {"scopes", {"everything"}},
                              {"scopes", {5}},
                              {"expiresInSeconds", 0},
                              {"expiresInSeconds", "1d"},
                              {"expiresInSeconds", 1e300},
                              {"colour", "red"}};
  for (const Bad& bad : bads) {
    json body = requested;
    body[bad.field] = bad.value;
    CAPTURE(body.dump());
    const auto refused = create(body);
    CHECK(refused.status == 422);
    CHECK(refused.body.find(std::string("/") + bad.field) != std::string::npos);
  }
  CHECK(create(json::array()).status == 422);
  CHECK(harness.call(Method::post, "/v1/admin/keys", "{").status == 400);
  CHECK(harness.rows(access::owner, "SELECT id FROM access_key").empty());
  CHECK_FALSE(ring->is_required());
}

}  // namespace
}  // namespace orderflow::key_admin
