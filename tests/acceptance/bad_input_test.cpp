// What a node answers to those who are confused, hostile or slow; and that it continues afterwards
// with no more memory than before.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr std::size_t megabyte = 1U << 20;

/// A node under attack. At the end it must still take an order through to its end.
struct Target {
  TemporaryFolder folder;
  Node node;
  HttpClient client;

  explicit Target(const Settings& settings = {})
      : node(folder.path(), settings), client(node.port()) {
    // Its memory once everything has been used at least once.
    for (int i = 0; i < 200; ++i)
      place(client, order_of("warm-up", 100));
    check_continues();
  }

  void check_continues() {
    const std::string id = place(client, order_of("u-1", 100)).at("id");
    CHECK(settled(client, id).at("status") == "PROCESSED");
    CHECK(client.get("/healthz").status == 200);
  }

  HttpResponse post_text(std::string_view body) {
    return client.send("POST", "/v1/orders", {{"Content-Type", "application/json"}}, body);
  }
};

/// The memory of a node must be about the same at the end of a scope; sanitizers keep what is freed
/// and so cannot show it.
class FlatMemory {
 public:
  explicit FlatMemory(const Node& node) : node_(node), before_(node.resident_bytes()) {}
  ~FlatMemory() {
    const std::size_t after = node_.resident_bytes();
    if (!sanitized) CHECK(after < before_ + 48 * megabyte);
  }

 private:
  const Node& node_;
  std::size_t before_;
};

void check_problem(const HttpResponse& response, unsigned status) {
  CAPTURE(response.body.substr(0, 500));
  CHECK(response.status == status);
  REQUIRE(response.header("content-type") == "application/problem+json");
  const json problem = response.json();
  CHECK(problem.at("status") == status);
  CHECK(problem.at("type").get<std::string>().starts_with("/problems/"));
  CHECK_FALSE(problem.at("title").get<std::string>().empty());
  CHECK_FALSE(problem.at("detail").get<std::string>().empty());
  CHECK(problem.at("correlationId") == response.header("x-correlation-id"));
}

/// The fields that a refused order is refused for.
std::vector<std::string> bad_fields(const HttpResponse& response) {
  check_problem(response, 422);
  std::vector<std::string> pointers;
  const json document = response.json();
  for (const json& error : document.at("errors"))
    pointers.push_back(error.at("pointer"));
  return pointers;
}

TEST_CASE("a body that is not JSON in UTF-8 is refused as malformed") {
  Target target;
  for (const std::string_view body :
       {"", "{", "{\"userId\": \"u-1\",}", "[1, 2", "nul", "{\"userId\": \"u\" \"items\": []}",
        "{\"userId\": \"\xff\xfe\"}", "{\"userId\": \"\xed\xa0\x80\"}", "{\"userId\": \"\\ud800\"}",
        "{\"userId\": 01}", "{} {}", "{\"userId\": \"a\", \"userId\": \"b\"}"}) {
    CAPTURE(body);
    check_problem(target.post_text(body), 400);
  }
  target.check_continues();
}

TEST_CASE("an order that makes no sense is refused field by field") {
  Target target;
  const auto bad = [&](const char* pointer, const json& value) {
    json body = order_of("u-1", 100);
    body[json::json_pointer(pointer)] = value;
    return bad_fields(target.client.post("/v1/orders", body));
  };
  using Pointers = std::vector<std::string>;
  CHECK(bad("/userId", 7) == Pointers{"/userId"});
  CHECK(bad("/userId", "two words") == Pointers{"/userId"});
  CHECK(bad("/userId", std::string(129, 'u')) == Pointers{"/userId"});
  CHECK(bad("/email", "nobody\r\nBcc: all@example.com") == Pointers{"/email"});
  CHECK(bad("/currency", "EURO") == Pointers{"/currency"});
  CHECK(bad("/items", "mug") == Pointers{"/items"});
  CHECK(bad("/items", json::array()) == Pointers{"/items"});
  CHECK(bad("/items/0", nullptr) == Pointers{"/items/0"});
  CHECK(bad("/items/0/quantity", 0) == Pointers{"/items/0/quantity"});
  CHECK(bad("/items/0/quantity", "1") == Pointers{"/items/0/quantity"});
  CHECK(bad("/items/0/price", 19.99) == Pointers{"/items/0/price"});
  CHECK(bad("/items/0/price", -1) == Pointers{"/items/0/price"});
  CHECK(bad("/items/0/price", 18446744073709551615U) == Pointers{"/items/0/price"});
  CHECK(bad("/items/0/price", 9007199254740992) == Pointers{"/items/0/price"});
  CHECK(bad("/totalAmount", 99) == Pointers{"/totalAmount"});
  CHECK(bad("/colour", "red") == Pointers{"/colour"});
  CHECK(bad_fields(target.client.post("/v1/orders", json::array())) == Pointers{""});
  CHECK(bad_fields(target.client.post("/v1/orders", json::object())) ==
        Pointers{"/userId", "/items"});

  json overflow = order_of("u-1", 9007199254740991);
  overflow["items"][0]["quantity"] = 2;
  CHECK(bad_fields(target.client.post("/v1/orders", overflow)) == Pointers{"/items"});
  target.check_continues();
}

TEST_CASE("nesting without end is refused, and costs no memory") {
  Target target;
  std::string deep_list(megabyte - 1, '[');
  std::string deep_object;
  while (deep_object.size() < megabyte - 8)
    deep_object += "{\"a\":";
  {
    const FlatMemory flat(target.node);
    for (int i = 0; i < (sanitized ? 5 : 100); ++i) {
      check_problem(target.post_text(deep_list), 400);
      check_problem(target.post_text(deep_object), 400);
    }
  }
  target.check_continues();
}

TEST_CASE("a body of 10 MB is refused, and costs no memory") {
  Target target;
  const std::string body(10 * megabyte, ' ');
  {
    const FlatMemory flat(target.node);
    for (int i = 0; i < (sanitized ? 5 : 50); ++i) {
      RawClient client(target.node.port());
      client.try_send(
          "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
          "application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n");
      client.try_send(body);
      const RawResponse response = client.read_response();
      CHECK(response.status == 413);
      CHECK(response.header("content-type") == "application/problem+json");
    }
  }
  target.check_continues();
}

TEST_CASE("a header that comes too slowly is answered with a timeout") {
  Target target(Settings{{"ORDERFLOW_HTTP_HEADER_TIMEOUT_MS", "300"}});
  RawClient slow(target.node.port());
  slow.send("POST /v1/orders HTTP/1.1\r\nHost: local");
  const RawResponse response = slow.read_response();
  CHECK(response.status == 408);
  CHECK(response.header("content-type") == "application/problem+json");
  slow.read_until_close();
  target.check_continues();
}

TEST_CASE("an unknown route, method and media type have a status of their own each") {
  Target target;
  check_problem(target.client.get("/v1"), 404);
  check_problem(target.client.get("/v1/order"), 404);
  check_problem(target.client.get("/v1/orders/no-such-order"), 404);
  check_problem(target.client.get("/v1/orders/01234567-89ab-7def-8123-456789abcdef"), 404);
  check_problem(target.client.get("/v1/orders/01234567-89ab-7def-8123-456789abcdef/timeline"), 404);
  check_problem(target.client.get("/v1/orders/..%2f..%2fetc%2fpasswd"), 404);
  const HttpResponse wrong_method = target.client.send("DELETE", "/v1/orders", {}, {});
  check_problem(wrong_method, 405);
  CHECK(wrong_method.header("allow").find("POST") != std::string::npos);
  check_problem(target.client.send("BREW", "/v1/orders", {}, {}), 501);
  check_problem(target.client.send("POST", "/v1/orders", {{"Content-Type", "text/plain"}}, "hello"),
                415);
  target.check_continues();
}

/// Connections that send nothing, until they are closed.
std::vector<RawClient> connect_idle(std::uint16_t port, std::size_t count) {
  std::vector<RawClient> connections;
  connections.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    connections.emplace_back(port);
  return connections;
}

/// For this process and the nodes that it starts.
void allow_files(rlim_t count) {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_max >= count);
  limit.rlim_cur = std::max(limit.rlim_cur, count);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE("2,000 idle connections do not keep an order from being processed") {
  allow_files(4096);
  Target target(Settings{{"ORDERFLOW_HTTP_MAX_CONNECTIONS", "3000"}});
  {
    const FlatMemory flat(target.node);
    const auto idle = connect_idle(target.node.port(), 2000);
    HttpClient late(target.node.port());
    const std::string id = place(late, order_of("u-2", 100)).at("id");
    CHECK(settled(late, id).at("status") == "PROCESSED");
  }
  target.check_continues();
}

TEST_CASE("more silent connections than the server allows block no others") {
  allow_files(4096);
  Target target;
  {
    const FlatMemory flat(target.node);
    const auto idle = connect_idle(target.node.port(), 2000);
    // The connection that found room is served: another may be refused while the silent ones
    // arrive.
    std::optional<HttpClient> late;
    wait_until("there is room", [&] {
      late.emplace(target.node.port());
      return late->get("/readyz").status == 200;
    });
    const std::string id = place(*late, order_of("u-2", 100)).at("id");
    CHECK(settled(*late, id).at("status") == "PROCESSED");
  }
  HttpClient after(target.node.port());
  CHECK(after.get("/healthz").status == 200);
}

}  // namespace
}  // namespace orderflow::test
