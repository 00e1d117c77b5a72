#include "http/server_fixture.hpp"

#include <future>
#include <stdexcept>

namespace orderflow::test {
namespace {

http::Handler held_by(Gate& gate) {
  return [&gate](http::Request&) -> boost::asio::awaitable<http::Response> {
    co_await gate.pass();
    http::Response response;
    response.body = "finished";
    co_return response;
  };
}

}  // namespace

TEST_CASE("a drain lets a running request finish and closes what is idle") {
  Gate gate;
  TestServer server;
  server.router.add(http::Method::get, "/held", http::Access::open, held_by(gate));
  server.start();
  RawClient idle = server.connect();
  idle.send(request_text("GET", "/ping"));
  CHECK(idle.read_response().body == "pong");
  RawClient silent = server.connect();
  RawClient running = server.connect();
  running.send(request_text("GET", "/held"));
  REQUIRE(gate.wait_until_entered());

  auto drained = std::async(std::launch::async, [&] { server.server().drain(drain_limit); });
  CHECK(idle.read_until_close().empty());
  CHECK(silent.read_until_close().empty());
  CHECK(drained.wait_for(std::chrono::milliseconds{0}) == std::future_status::timeout);
  gate.open();
  const RawResponse response = running.read_response();
  CHECK(response.body == "finished");
  CHECK(response.header("connection") == "close");
  CHECK(running.read_until_close().empty());
  drained.get();
  CHECK(server.counters().connections_open == 0);
  CHECK_THROWS_AS(server.connect(), std::runtime_error);
}

TEST_CASE("a server that retires takes requests, and each answer ends its connection") {
  TestServer server;
  server.start();
  RawClient before = server.connect();
  before.send(request_text("GET", "/ping"));
  CHECK_FALSE(before.read_response().has("connection"));
  server.server().retire();

  before.send(request_text("GET", "/ping"));
  CHECK(before.read_response().header("connection") == "close");
  CHECK(before.read_until_close().empty());
  RawClient since = server.connect();
  since.send(request_text("GET", "/ping") + request_text("GET", "/ping"));
  CHECK_FALSE(since.read_response().has("connection"));
  const RawResponse last = since.read_response();
  CHECK(last.body == "pong");
  CHECK(last.header("connection") == "close");
  CHECK(since.read_until_close().empty());
}

TEST_CASE("a drain closes the port last: new connections are answered while a request runs") {
  Gate gate;
  http::ServerOptions options;
  options.threads = 1;
  TestServer server(options);
  server.router.add(http::Method::get, "/held", http::Access::open, held_by(gate));
  server.start();
  RawClient idle = server.connect();
  idle.send(request_text("GET", "/ping"));
  CHECK(idle.read_response().body == "pong");
  RawClient running = server.connect();
  running.send(request_text("GET", "/held"));
  REQUIRE(gate.wait_until_entered());

  auto drained = std::async(std::launch::async, [&] { server.server().drain(drain_limit); });
  CHECK(idle.read_until_close().empty());
  const RawResponse late = server.ask(request_text("GET", "/ping"));
  CHECK(late.body == "pong");
  CHECK(late.header("connection") == "close");
  RawClient late_and_silent = server.connect();
  gate.open();
  CHECK(running.read_response().body == "finished");
  CHECK(late_and_silent.read_until_close().empty());
  drained.get();
  CHECK_THROWS_AS(server.connect(), std::runtime_error);
}

TEST_CASE("a request whose header is under way when the drain begins is answered") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  const std::string request = request_text("GET", "/ping") + request_text("GET", "/ping");
  client.send(request.substr(0, request.size() / 2 + 10));
  CHECK(client.read_response().body == "pong");
  auto drained = std::async(std::launch::async, [&] { server.server().drain(drain_limit); });
  client.send(request.substr(request.size() / 2 + 10));
  CHECK(client.read_response().body == "pong");
  CHECK(client.read_until_close().empty());
  drained.get();
}

TEST_CASE("a drain cuts stuck connections at its limit") {
  Gate gate;
  TestServer server;
  server.router.add(http::Method::get, "/held", http::Access::open, held_by(gate));
  server.start();
  RawClient stuck = server.connect();
  stuck.send(request_text("GET", "/held"));
  RawClient slow = server.connect();
  slow.send("GET /pi");
  REQUIRE(gate.wait_until_entered());
  server.server().drain(std::chrono::milliseconds{50});
  CHECK(stuck.read_until_close().empty());
  CHECK(slow.read_until_close().empty());
}

TEST_CASE("a second drain and a server that never started have nothing to do") {
  TestServer server;
  server.start();
  server.server().drain(drain_limit);
  server.server().drain(drain_limit);

  const http::Router router;
  const core::SystemClock clock;
  http::ServerMetrics metrics;
  http::Server never_started({}, router, clock, metrics);
  never_started.drain(drain_limit);
}

TEST_CASE("a server has 1 to 64 threads") {
  const http::Router router;
  const core::SystemClock clock;
  for (const unsigned threads : {0U, 65U}) {
    http::ServerOptions options;
    options.threads = threads;
    http::ServerMetrics metrics;
    CHECK_THROWS_AS(http::Server(options, router, clock, metrics), std::invalid_argument);
  }
}

}  // namespace orderflow::test
