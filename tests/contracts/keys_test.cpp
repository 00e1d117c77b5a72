// The contract of a node that wants keys: what each operation needs, and how keys are managed.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "api_docs/contracts.hpp"
#include "app/modules.hpp"
#include "contract_client.hpp"
#include "core/text.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// What an operation of the contract needs, in the words of the routing table.
std::string needs(const json& operation) {
  const json& security = operation.at("security");
  if (security.empty()) return "open";
  const json& scopes = security.at(0).at("apiKey");
  return scopes.empty() ? "any key" : scopes.at(0).get<std::string>();
}

HttpHeaders key_of(const TemporaryFolder& folder, const std::string& name,
                   const std::vector<std::string>& scopes) {
  return bearer(make_key(folder.path(), name, scopes).at("key"));
}

TEST_CASE("the contract names the scopes that the modules and the program have registered") {
  const auto modules = app::make_modules();
  const access::ScopeCatalog scopes = app::all_scopes(modules);
  const json schemas =
      json::parse(api_docs::printed_openapi(modules, scopes.all())).at("components").at("schemas");
  CHECK(schemas.at("Scope").at("enum") == scopes.names());
  std::vector<std::string> needs{"open", "any key"};
  for (const std::string& name : scopes.names())
    needs.push_back(name);
  const json::json_pointer routes("/RouteList/properties/routes/items/properties/needs/enum");
  CHECK(schemas.at(routes) == needs);
}

TEST_CASE("every operation needs what its route needs") {
  TemporaryFolder folder;
  const HttpHeaders admin = key_of(folder, "admin", {"admin"});
  Node node(folder.path());
  ApiContract contract = served_contract(node.port(), admin);
  ContractClient client(node.port(), contract, admin);
  const json routes = client.get("/v1/admin/routes").at("routes");
  CHECK(routes.size() > 60);
  for (const json& route : routes) {
    CAPTURE(route.dump());
    const json& operation = contract.document()
                                .at("paths")
                                .at(route.at("path").get<std::string>())
                                .at(core::lower_case(route.at("method").get<std::string>()));
    CHECK(needs(operation) == route.at("needs"));
    const bool is_open = route.at("needs") == "open";
    CHECK(operation.at("responses").contains("401") != is_open);
    CHECK(operation.at("responses").contains("429"));
  }
}

TEST_CASE(
    "a caller without the right is refused as the contract describes it, for the contract too") {
  TemporaryFolder folder;
  const HttpHeaders admin = key_of(folder, "admin", {"admin"});
  const HttpHeaders reader = key_of(folder, "reader", {"orders:read"});
  Node node(folder.path());
  ApiContract contract = served_contract(node.port(), reader);
  ContractClient stranger(node.port(), contract);
  ContractClient client(node.port(), contract, reader);
  for (const char* document : {"/openapi.json", "/asyncapi.json"}) {
    stranger.refuse("key-required", "GET", document);
    client.expect(200, "GET", document);
  }
  for (const char* page : {"/docs", "/docs/reference.css", "/docs/reference.js"})
    stranger.expect(200, "GET", page);
  stranger.get("/healthz");
  stranger.refuse("key-required", "GET", "/v1/orders");
  stranger.refuse("key-required", "POST", "/v1/orders", order_of("ada", 700));
  client.get("/v1/orders");
  const HttpResponse narrow =
      client.refuse("scope-required", "POST", "/v1/orders", order_of("ada", 700));
  CHECK(narrow.header("www-authenticate").find("scope=\"orders:write\"") != std::string::npos);
  client.refuse("scope-required", "GET", "/v1/admin/keys");
  stranger.refuse("key-required", "GET", "/v1/key");
  CHECK(client.get("/v1/key") ==
        json{{"required", true}, {"name", "reader"}, {"scopes", {"orders:read"}}});
}

TEST_CASE("a client that asks too often is refused as the contract describes it") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_HTTP_RATE_LIMIT_PER_SECOND", "1"},
                            {"ORDERFLOW_HTTP_RATE_LIMIT_BURST", "2"}});
  ApiContract contract = served_contract(node.port());
  ContractClient client(node.port(), contract);
  client.expect(200, "GET", "/healthz");
  CHECK(client.refuse("too-many-requests", "GET", "/healthz").header("retry-after") == "1");
}

TEST_CASE("keys are made, replaced and ended as the contract describes it") {
  TemporaryFolder folder;
  const HttpHeaders admin = key_of(folder, "admin", {"admin"});
  Node node(folder.path());
  ApiContract contract = served_contract(node.port(), admin);
  ContractClient client(node.port(), contract, admin);
  const json requested = {
      {"name", "shop"}, {"scopes", {"orders:write"}}, {"expiresInSeconds", 3600}};
  const json made = client.expect(201, "POST", "/v1/admin/keys", requested).json();
  client.refuse("key-name-taken", "POST", "/v1/admin/keys", requested);
  client.refuse("invalid-key-request", "POST", "/v1/admin/keys", {{"name", "local"}});
  client.refuse("malformed-json", "POST", "/v1/admin/keys", "{");

  const std::string keys = "/v1/admin/keys/";
  const std::string key = keys + made.at("id").get<std::string>();
  const json second = client.expect(201, "POST", key + "/rotate", {{"overlapSeconds", 60}}).json();
  CHECK(second.at("replaces") == made.at("id"));
  client.expect(201, "POST", key + "/rotate");
  client.refuse("invalid-key-request", "POST", key + "/rotate", {{"overlapSeconds", -1}});
  client.expect(200, "DELETE", key);
  client.refuse("key-ended", "DELETE", key);
  client.refuse("key-ended", "POST", key + "/rotate");
  client.refuse("key-not-found", "DELETE", keys + "0000000000000000");
  client.refuse("key-not-found", "POST", keys + "0000000000000000/rotate");
  CHECK(client.get("/v1/admin/keys").at("keys").size() == 4);
  client.refuse("bad-parameter", "GET", "/v1/admin/keys?x=1");
  client.get("/v1/key");
  client.refuse("bad-parameter", "GET", "/v1/key?x=1");
  client.get("/v1/admin/audit");
  for (const std::string& answer : contract.unseen()) {
    const bool is_of_keys = answer.find("Key") != std::string::npos;
    // Of a thousand keys that are there already.
    CHECK_MESSAGE((!is_of_keys || answer.ends_with("too-many-keys")), "never seen: ", answer);
  }
}

}  // namespace
}  // namespace orderflow::test
