// What a node writes to its log, for people and for machines, and how an operator turns it up.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

const std::string target = "/v1/admin/log-levels";

HttpResponse put(HttpClient& client, const json& body) {
  return client.send("PUT", target, {{"Content-Type", "application/json"}}, body.dump());
}

bool logs(Node& node, const std::string& text) {
  return node.process().errors().find(text) != std::string::npos;
}

TEST_CASE("one component is turned up while the node runs, and set back by null") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_LOG_LEVELS_EVENTS", "error"}});
  HttpClient client(node.port());
  CHECK(get(client, target).at("level") == "info");
  CHECK(get(client, target).at("levels") == json{{"events", "error"}});
  CHECK(get(client, target).at("effective").at("http") == "info");
  CHECK(get(client, target).at("effective").at("events") == "error");
  CHECK_FALSE(logs(node, "request method="));

  const HttpResponse changed = put(client, {{"levels", {{"http", "debug"}, {"events", "trace"}}}});
  CHECK(changed.status == 200);
  CHECK(changed.json().at("effective").at("http") == "debug");
  CHECK(changed.json().at("effective").at("events") == "trace");
  wait_until("a request is logged", [&] {
    get(client, "/v1/admin/status");
    return logs(node, "request method=GET route=/v1/admin/status status=200");
  });

  const HttpResponse back = put(client, {{"levels", {{"http", nullptr}, {"events", nullptr}}}});
  CHECK(back.json().at("levels") == json{{"events", "error"}});
  get(client, "/v1/schemas");
  CHECK(put(client, {{"level", "off"}}).json().at("effective").at("billing") == "off");
  CHECK(put(client, {{"level", nullptr}}).json().at("effective").at("billing") == "info");
  node.stop();
  CHECK_FALSE(logs(node, "route=/v1/schemas"));

  Node again(folder.path());
  HttpClient next(again.port());
  const json audit = get(next, "/v1/admin/audit").at("entries");
  REQUIRE(audit.size() == 4);
  CHECK(audit[3].at("action") == "log-levels");
  CHECK(audit[3].at("detail") == json{{"levels", {{"http", "debug"}, {"events", "trace"}}}});
  CHECK(audit[0].at("detail") == json{{"level", nullptr}});
}

TEST_CASE("levels that make no sense are refused with each wrong field, and change nothing") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const HttpResponse wrong =
      put(client, {{"level", "loud"}, {"levels", {{"htp", "debug"}, {"http", 3}}}, {"more", 1}});
  CHECK(wrong.status == 422);
  const json errors = wrong.json().at("errors");
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].at("pointer") == "/more");
  CHECK(errors[1].at("pointer") == "/level");
  CHECK(errors[1].at("detail").get<std::string>().find("trace, debug, info") != std::string::npos);
  CHECK(errors[2].at("pointer") == "/levels/htp");
  CHECK(errors[2].at("detail").get<std::string>().find("outbound, rabbitmq") != std::string::npos);
  CHECK(errors[3].at("pointer") == "/levels/http");
  CHECK(put(client, json::object()).status == 422);
  CHECK(put(client, json::array()).status == 422);
  CHECK(put(client, {{"levels", 1}}).status == 422);
  CHECK(client.send("PUT", target, {{"Content-Type", "application/json"}}, "{").status == 400);
  CHECK(get(client, target).at("levels") == json::object());
  const json audit = get(client, "/v1/admin/audit");
  for (const json& entry : audit.at("entries"))
    CHECK(entry.at("action") == "refused");
}

TEST_CASE("for machines each line is a JSON object, whatever clients and peers put into it") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_LOG_FORMAT", "json"}, {"ORDERFLOW_LOG_LEVEL", "trace"}});
  HttpClient client(node.port());
  client.send("GET", "/v1/orders/%0a%22", {{"X-Correlation-ID", "say\"\\'x"}}, "");
  node.stop();
  std::istringstream lines(node.process().errors());
  std::size_t requests = 0;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    REQUIRE(json::accept(line));
    const json entry = json::parse(line);
    CHECK(entry.at("time").get<std::string>().ends_with("Z"));
    CHECK(entry.at("level").is_string());
    if (entry.at("component") != "http") continue;
    ++requests;
    if (entry.at("message") != "request") continue;
    CHECK(entry.at("fields").at("method") == "GET");
    CHECK(entry.at("fields").at("status") == "404");
  }
  CHECK(requests > 0);
  const json banner = json::parse(node.process().output());
  CHECK(banner.at("message") == "listening on http://127.0.0.1:" + std::to_string(node.port()));
  CHECK(banner.at("fields").at("modules").get<std::string>().starts_with("orders, "));
}

TEST_CASE("no line names the buyer, their address or payment method, at any level") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_LOG_LEVEL", "trace"}});
  HttpClient client(node.port());
  const std::string user = "buyer-lovelace-1815";
  for (const char* payment : {"sim-approve", "sim-fail-1", "sim-decline", "pm_1NxAbcdEFGhIjk"}) {
    json order = order_of(user, 700, payment);
    order["email"] = "ada.lovelace@example.com";
    settled(client, place(client, order).at("id"));
  }
  get(client, "/v1/users/" + user + "/statistics");
  client.get("/v1/mails/ada.lovelace%40example.com");
  client.send("GET", "/v1/orders", {{"X-Correlation-ID", "ada.lovelace@example.com"}}, "");
  node.stop();
  const std::string log = node.process().errors();
  CHECK(log.find("delivery failed subscription=billing.capture") != std::string::npos);
  CHECK(log.find("correlation_id=a***@example.com") != std::string::npos);
  CHECK(log.find("route=/v1/mails/a***%40example.com") != std::string::npos);
  for (const std::string& secret : {user, std::string("lovelace"), std::string("1NxAbcdEFGhIjk")}) {
    CAPTURE(secret);
    CHECK(log.find(secret) == std::string::npos);
  }
}

}  // namespace
}  // namespace orderflow::test
