// Who gets a slot where there is none left: connections, and the memory of bodies.
#include "http/body_budget.hpp"
#include "http/connections_by_address.hpp"
#include "http/server_fixture.hpp"

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

/// Room for so many connections on one thread; who is waited for gives way at once.
http::ServerOptions with_room_for(std::size_t connections) {
  http::ServerOptions options;
  options.threads = 1;
  options.connections_max = connections;
  options.idle_before_room = 0ms;
  return options;
}

/// A server whose routes are vital, usual, or held until a test opens the gate.
struct FullServer {
  explicit FullServer(http::ServerOptions options) : server(std::move(options)) {
    const auto pong = [](http::Request&) { return TestServer::text("alive"); };
    server.router.add(http::Method::get, "/vital", http::Access::open, pong, {.is_vital = true});
    server.router.add(http::Method::get, "/held", http::Access::open,
                      [this](http::Request&) -> boost::asio::awaitable<http::Response> {
                        co_await gate.pass();
                        http::Response response;
                        response.body = "finished";
                        co_return response;
                      });
    server.start();
  }
  /// A connection whose request is being answered until the gate is open.
  RawClient keep_busy() {
    RawClient client = server.connect();
    client.send(request_text("GET", "/held"));
    REQUIRE(gate.wait_until_entered(++busy));
    return client;
  }

  Gate gate;
  TestServer server;
  int busy = 0;
};

std::string ping() {
  return request_text("GET", "/ping");
}

}  // namespace

TEST_CASE("a connection that sends nothing is closed when its first header is overdue") {
  http::ServerOptions options;
  options.header_timeout = 50ms;
  options.idle_timeout = 1h;
  TestServer server(options);
  server.start();
  CHECK(server.connect().read_until_close().empty());
  // Between two requests there is more time.
  options.header_timeout = 2s;
  TestServer patient(options);
  patient.start();
  RawClient used = patient.connect();
  used.send(ping());
  CHECK(used.read_response().body == "pong");
  used.send(ping());
  CHECK(used.read_response().body == "pong");
}

TEST_CASE("where the server is full the connection that was waited for longest makes room") {
  FullServer full(with_room_for(2));
  RawClient silent = full.server.connect();
  RawClient used = full.server.connect();
  used.send(ping());
  CHECK(used.read_response().body == "pong");
  RawClient late = full.server.connect();
  late.send(ping());
  CHECK(late.read_response().body == "pong");
  CHECK(silent.read_until_close().empty());
  used.send(ping());
  CHECK(used.read_response().body == "pong");
  CHECK(full.server.counters().connections_ended == 1);
  CHECK(full.server.counters().connections_refused == 0);
}

TEST_CASE("half a header and half a body make room too") {
  FullServer full(with_room_for(1));
  RawClient half_header = full.server.connect();
  half_header.send("GET /pi");
  RawClient half_body = full.server.connect();
  half_body.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 9\r\n\r\n{\"a\"");
  CHECK(half_header.read_until_close().empty());
  RawClient late = full.server.connect();
  late.send(ping());
  CHECK(late.read_response().body == "pong");
  CHECK(half_body.read_until_close().empty());
}

TEST_CASE("as many silent connections as there may be block no others, however often they come") {
  FullServer full(with_room_for(16));
  std::vector<RawClient> silent;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 16; ++i)
      silent.push_back(full.server.connect());
    CHECK(full.server.serves());
  }
  CHECK(full.server.counters().connections_open <= 16);
}

TEST_CASE("a client that is being answered makes no room; the reserve serves vital routes only") {
  FullServer full(with_room_for(2));
  RawClient first = full.keep_busy();
  RawClient second = full.keep_busy();
  for (int i = 0; i < 5; ++i) {
    const RawResponse vital = full.server.ask(request_text("GET", "/vital"));
    CHECK(vital.body == "alive");
    CHECK(vital.header("connection") == "close");
    RawClient usual = full.server.connect();
    usual.send(ping());
    const RawResponse refused = usual.read_response();
    check_problem(refused, 503, "too-many-connections");
    CHECK(refused.header("retry-after") == "1");
    CHECK(usual.read_until_close().empty());
  }
  full.gate.open();
  CHECK(first.read_response().body == "finished");
  CHECK(second.read_response().body == "finished");
  first.send(ping());
  CHECK(first.read_response().body == "pong");
}

TEST_CASE("a connection that was waited for only a moment keeps its slot") {
  http::ServerOptions options = with_room_for(1);
  options.idle_before_room = 1h;
  FullServer full(options);
  RawClient silent = full.server.connect();
  CHECK(full.server.ask(request_text("GET", "/vital")).body == "alive");
  CHECK(full.server.ask(ping()).status == 503);
  silent.send(ping());
  CHECK(silent.read_response().body == "pong");
}

TEST_CASE("one address has three quarters of the connections, and this machine's own all") {
  http::ConnectionsByAddress shares(0, 8);
  for (int i = 0; i < 6; ++i)
    CHECK(shares.take("192.0.2.1", false));
  CHECK_FALSE(shares.take("192.0.2.1", false));
  CHECK(shares.take("192.0.2.2", false));
  shares.give_back("192.0.2.1", false);
  CHECK(shares.take("192.0.2.1", false));
  for (int i = 0; i < 20; ++i)
    CHECK(shares.take("127.0.0.1", true));

  http::ConnectionsByAddress connections(2, 8);
  CHECK(connections.take("127.0.0.1", true));
  CHECK(connections.take("127.0.0.1", true));
  CHECK_FALSE(connections.take("127.0.0.1", true));
}

TEST_CASE("bodies share a budget, and give back what they took") {
  http::BodyBudget budget(100);
  {
    http::BodyBudget::Share first(budget);
    http::BodyBudget::Share second(budget);
    CHECK(first.grow_to(60));
    CHECK(first.grow_to(50));
    CHECK(second.grow_to(40));
    CHECK_FALSE(second.grow_to(41));
    CHECK(budget.used() == 100);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("bodies that would exceed the memory for all bodies are refused for now") {
  http::ServerOptions options;
  options.bodies_bytes_max = 64U << 10;
  TestServer server(options);
  server.start();
  const auto quoted = [](std::size_t size) { return "\"" + std::string(size, 'b') + "\""; };
  for (int i = 0; i < 5; ++i) {
    RawClient large = server.connect();
    large.try_send(request_text("POST", "/echo", "", quoted(100'000)));
    const RawResponse refused = large.read_response();
    check_problem(refused, 503, "unavailable");
    CHECK(refused.header("retry-after") == "1");
    // What the refused one had taken is given back, and what this one takes.
    const bool is_whole =
        server.ask(request_text("POST", "/echo", "", quoted(60'000))).body == quoted(60'000);
    CHECK(is_whole);
  }
}

TEST_CASE("a route that asks for no key takes a small body, and refuses a larger one unread") {
  TestServer server;
  const auto length = [](http::Request& request) {
    return TestServer::text(std::to_string(request.body.size()));
  };
  server.router.add(http::Method::post, "/open", http::Access::open, length);
  server.router.add(http::Method::post, "/wide", http::Access::open, length,
                    {.body_bytes_max = 10'000});
  server.start();
  CHECK(server.ask(request_text("POST", "/open", "", std::string(4'096, '1'))).body == "4096");
  CHECK(server.ask(request_text("POST", "/wide", "", std::string(10'000, '1'))).body == "10000");
  for (const std::string_view path : {"/open", "/wide"}) {
    RawClient client = server.connect();
    client.send("POST " + std::string(path) +
                " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                "Content-Length: 10001\r\n\r\n");
    check_problem(client.read_response(), 413, "body-too-large");
  }
}

}  // namespace orderflow::test
