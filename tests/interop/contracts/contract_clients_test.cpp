// What the tools of others make of the contracts that the real executable serves.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

const fs::path readers = ORDERFLOW_CONTRACT_READERS;

/// Runs a program of Node.js to its end; what it printed. Fails the test where it fails.
std::string run(const std::vector<std::string>& arguments) {
  Process process({.executable = "/usr/bin/env", .arguments = arguments});
  const auto exit = process.wait(300s);
  CHECK_MESSAGE(exit == ExitStatus{.code = 0}, process.output(), process.errors());
  return process.output();
}

/// A copy of what a node serves, as a file among the readers, so that they find their packages.
fs::path saved(HttpClient& client, const std::string& target) {
  const fs::path file = readers / target.substr(1);
  const HttpResponse response = client.get(target);
  REQUIRE(response.status == 200);
  std::ofstream(file) << response.body;
  return file;
}

/// True where a linter reports errors.
bool fails_to_lint(const char* linter, const json& document) {
  const fs::path file = readers / "broken.json";
  std::ofstream(file) << document.dump();
  Process process({.executable = "/usr/bin/env",
                   .arguments = {"node", (readers / linter).string(), file.string()}});
  const auto exit = process.wait(300s);
  return exit && exit->code == 1 && process.errors().find("Error") == std::string::npos;
}

TEST_CASE("a linter of OpenAPI finds nothing wrong with the served document") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string printed =
      run({"node", (readers / "lint_openapi.mjs").string(), saved(client, "/openapi.json")});
  CHECK_MESSAGE(printed.find("0 errors, ") != std::string::npos, printed);
}

TEST_CASE("the reference parser of AsyncAPI finds no error in the served document") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string file = saved(client, "/asyncapi.json");
  const std::string printed = run({"node", (readers / "lint_asyncapi.mjs").string(), file});
  const json report = json::parse(printed.substr(printed.rfind("{")));
  CHECK(report.at("errors") == 0);
  CHECK(report.at("messages") == get(client, "/v1/schemas").at("schemas").size());

  json document = client.get("/asyncapi.json").json();
  document["operations"]["orders.says.order.created.v1"]["channel"]["$ref"] = "#/channels/lost";
  CHECK(fails_to_lint("lint_asyncapi.mjs", document));
}

TEST_CASE("the linter sees what is wrong with a document") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  json document = client.get("/openapi.json").json();
  document["paths"]["/v1/orders"]["get"].erase("responses");
  document["components"]["schemas"]["Order"]["properties"]["id"]["$ref"] = "#/nowhere";
  CHECK(fails_to_lint("lint_openapi.mjs", document));
}

/// The operations of a contract and the events of the other: what the reference is to show.
std::set<std::string> described(HttpClient& client) {
  std::set<std::string> names;
  const json openapi = get(client, "/openapi.json");
  for (const auto& [path, operations] : openapi.at("paths").items()) {
    for (const auto& [method, operation] : operations.items())
      names.insert(operation.at("operationId").get<std::string>());
  }
  const json asyncapi = get(client, "/asyncapi.json");
  for (const auto& [name, message] : asyncapi.at("components").at("messages").items())
    names.insert(name);
  return names;
}

TEST_CASE(
    "the reference page shows every operation and event, to everybody, and asks no other host") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string host = "127.0.0.1:" + std::to_string(node.port());
  const json shown = json::parse(
      run({"node", (readers / "read_reference.mjs").string(), "http://" + host + "/docs"}));
  CHECK(shown.at("complaints") == json::array());
  CHECK(shown.at("articles").get<std::set<std::string>>() == described(client));
  CHECK(shown.at("articles").size() == described(client).size());
  CHECK(shown.at("broken") == json::array());
  CHECK(shown.at("hosts") == json{host});
  CHECK(shown.at("requested").get<std::set<std::string>>() ==
        std::set<std::string>{"/docs", "/docs/reference.css", "/docs/reference.js", "/openapi.json",
                              "/asyncapi.json"});
  const std::string text = shown.at("text");
  for (const char* words : {"Idempotency-Key", "items[].quantity", "orders:write", "invalid-order"})
    CHECK_MESSAGE(text.find(words) != std::string::npos, words);
  CHECK(shown.at("items") == described(client).size());
  CHECK(shown.at("focused") == true);
  CHECK(shown.at("filtered") > 3);
  CHECK(shown.at("filtered") < 15);
  CHECK(shown.at("cleared") == shown.at("items"));
  CHECK_MESSAGE(shown.at("barriers") == json::array(), shown.at("barriers").dump(1));
  CHECK(shown.at("passed") > 20);
  // WCAG asks for 4.5.
  REQUIRE(shown.at("contrasts").size() == 2);
  for (const json& contrast : shown.at("contrasts"))
    CHECK(contrast >= 4.5);
}

TEST_CASE("a browser lets the reference page reach this node alone") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  for (const char* file : {"/docs", "/docs/reference.css", "/docs/reference.js"}) {
    const HttpResponse response = client.get(file);
    CHECK(response.status == 200);
    CHECK(response.body.find("://") == std::string::npos);
    CHECK(response.body.find("innerHTML") == std::string::npos);
    const std::string policy = response.header("content-security-policy");
    CHECK(policy.starts_with("default-src 'none'; "));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(policy.find("connect-src 'self'; ") != std::string::npos);
  }
}

TEST_CASE("a client generated from the served document places an order and reads it") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string document = saved(client, "/openapi.json");
  const fs::path bin = readers / "node_modules/.bin";
  run({(bin / "openapi-typescript").string(), document, "-o", (readers / "api.d.ts").string()});
  run({(bin / "tsc").string(), "--project", readers.string()});
  const json report = json::parse(run({"node", (readers / "place_order.js").string(),
                                       "http://127.0.0.1:" + std::to_string(node.port())}));
  CHECK(report.at("status") == "PROCESSED");
  CHECK(report.at("total") == 3998);
  CHECK(report.at("refused") == 422);
  CHECK(report.at("pointers") == json{"/items"});
  CHECK(get(client, "/v1/orders/" + report.at("id").get<std::string>()).at("userId") == "ada");
}

TEST_CASE("on a node with keys the reference page asks for one until it is valid") {
  TemporaryFolder folder;
  const std::string key = make_key(folder.path(), "reader", {"orders:read"})["key"];
  Node node(folder.path());
  const json shown = json::parse(
      run({"node", (readers / "read_reference.mjs").string(),
           "http://127.0.0.1:" + std::to_string(node.port()) + "/docs", "ofk_wrong", key}));
  CHECK(shown.at("refusals") ==
        json{"The node does not know this key, or it has ended.", std::string()});
  CHECK(shown.at("articles").size() > 30);
  CHECK(shown.at("complaints") == json::array());
}

}  // namespace
}  // namespace orderflow::test
