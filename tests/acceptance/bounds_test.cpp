// What a node does not let anybody do to it: fill its memory, its threads or its connections.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// Every route of a node, with something in the place of each parameter.
struct RouteToTry {
  std::string method;
  std::string path;
};

std::vector<RouteToTry> routes_to_try(HttpClient& client) {
  static const std::regex parameter(R"(\{[^}]*\})");
  std::vector<RouteToTry> routes;
  const json table = client.get("/v1/admin/routes").json();
  for (const json& route : table.at("routes")) {
    routes.push_back(
        {route.at("method"), std::regex_replace(route.at("path").get<std::string>(), parameter,
                                                "01234567-89ab-7def-8123-456789abcdef")});
  }
  return routes;
}

/// An object of as many unknown fields as fit into a body.
std::string crowded_object() {
  std::string text = "{";
  for (int i = 0; i < 80'000; ++i)
    text += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
  return text + "}";
}

TEST_CASE("an answer names a bounded number of errors, whatever the route and what it is sent") {
  constexpr std::size_t answer_bytes_max = 64U << 10;
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string crowd = crowded_object();
  const std::vector<std::string> bodies{
      crowd, R"({"kinds":)" + crowd + "}", R"({"levels":)" + crowd + "}",
      R"({"userId":"u-1","items":[)" + crowd + "]}", "{\"" + std::string(900'000, 'f') + "\":1}"};
  std::string query = "?";
  for (int i = 0; i < 2'000; ++i)
    query += (i == 0 ? "q" : "&q") + std::to_string(i);
  int tried = 0;
  for (const auto& route : routes_to_try(client)) {
    const std::string& method = route.method;
    const std::string& path = route.path;
    CAPTURE(method);
    CAPTURE(path);
    // The documents of the API are long by nature.
    const bool refuses_unknown = path.starts_with("/v1/");
    if (method == "GET" && refuses_unknown) {
      const HttpResponse response = client.get(path + query);
      CHECK(response.body.size() < answer_bytes_max);
      ++tried;
    }
    if (method != "POST" && method != "PUT" && method != "PATCH") continue;
    for (const std::string& body : bodies) {
      const HttpResponse response =
          client.send(method, path, {{"Content-Type", "application/json"}}, body);
      CHECK(response.body.size() < answer_bytes_max);
      ++tried;
    }
  }
  CHECK(tried > 50);
  CHECK(client.get("/healthz").status == 200);
}

/// A request whose client has gone before the answer.
void leave_in_the_middle(std::uint16_t port, const std::string& request) {
  RawClient client(port);
  client.send(request);
  client.close();
}

double figure(HttpClient& client, const std::string& name) {
  const std::string metrics = client.get("/metrics").body;
  const std::size_t at = metrics.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(metrics.substr(at + name.size() + 2));
}

TEST_CASE("clients that disconnect while they wait for their orders block no others") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_HTTP_MAX_CONNECTIONS", "64"}});
  HttpClient client(node.port());
  // Nothing is settled from now on: whoever waits waits to the end.
  REQUIRE(client.post("/v1/admin/subscriptions/billing.assess/pause", json::object()).status < 300);
  const std::string body = order_of("u-1", 100).dump();
  const std::string request =
      "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Prefer: wait=60\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  for (int i = 0; i < 300; ++i)
    leave_in_the_middle(node.port(), request);
  wait_until("those who have left hold nothing", [&] {
    HttpClient late(node.port());
    return late.get("/healthz").status == 200 && figure(late, "orderflow_http_connections") < 10;
  });
  HttpClient late(node.port());
  CHECK(late.post("/v1/orders", order_of("u-2", 100)).status == 201);
}

TEST_CASE(
    "half-sent bodies to a route that asks for no key take bounded memory, which is given back") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string link = "/v1/notifications/unsubscribe/" + std::string(20, 'a');
  const auto head = [&](std::size_t length) {
    return "POST " + link +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  };
  RawClient large(node.port());
  large.send(head(1'000'000));
  CHECK(large.read_response().status == 413);
  const std::size_t before = node.resident_bytes();
  std::vector<RawClient> halves;
  for (int i = 0; i < 500; ++i) {
    halves.emplace_back(node.port());
    halves.back().send(head(4'000) + std::string(2'000, 'b'));
  }
  CHECK(client.get("/healthz").status == 200);
  if (!sanitized) CHECK(node.resident_bytes() < before + (24U << 20));
}

TEST_CASE("a log that nobody reads holds up no order and no stop") {
  TemporaryFolder folder;
  const std::filesystem::path pipe = folder.path() / "log";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  // Open, so that the node can write, and never read.
  const int unread = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(unread >= 0);
  Command command = serve_command(folder.path() / "data", {{"ORDERFLOW_LOG_LEVEL", "debug"}});
  command.environment.emplace_back("UNREAD_LOG", pipe.string());
  command.arguments.insert(command.arguments.begin(), command.executable.string());
  command.arguments.insert(command.arguments.begin(), {"-c", R"(exec "$@" 2>"$UNREAD_LOG")", "sh"});
  command.executable = "/bin/sh";
  Process process(command);
  const std::string ready = "listening on http://127.0.0.1:";
  const auto line = process.wait_for_line(ready, std::chrono::seconds{60});
  REQUIRE(line.has_value());
  HttpClient client(
      static_cast<std::uint16_t>(std::stoul(line->substr(line->find(ready) + ready.size()))));
  for (int i = 0; i < 1'000; ++i)
    place(client, order_of("u-1", 100));
  CHECK(client.get("/readyz").status == 200);
  process.send(SIGTERM);
  const auto exit = process.wait(std::chrono::seconds{60});
  ::close(unread);
  REQUIRE(exit.has_value());
  CHECK(exit->code == 0);
}

}  // namespace
}  // namespace orderflow::test
