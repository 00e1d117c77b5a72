#include "http/server_fixture.hpp"

#include <stdexcept>

namespace orderflow::test {

TEST_CASE("three requests in one segment are answered in their order") {
  Gate gate;
  TestServer server;
  server.router.add(http::Method::get, "/slow", http::Access::open,
                    [&](http::Request&) -> boost::asio::awaitable<http::Response> {
                      co_await gate.pass();
                      http::Response response;
                      response.body = "slow";
                      co_return response;
                    });
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/slow") + request_text("POST", "/echo", "", "[2]") +
              request_text("GET", "/ping"));
  REQUIRE(gate.wait_until_entered());
  gate.open();
  CHECK(client.read_response().body == "slow");
  CHECK(client.read_response().body == "[2]");
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("a request may be split at every byte") {
  TestServer server;
  server.start();
  const std::string request = "\r\n" + request_text("POST", "/echo", "", R"({"a":1})");
  RawClient client = server.connect();
  for (std::size_t split = 1; split < request.size(); ++split) {
    CAPTURE(split);
    client.send(std::string_view(request).substr(0, split));
    client.send(std::string_view(request).substr(split));
    CHECK(client.read_response().body == R"({"a":1})");
  }
  for (const char byte : request)
    client.send({&byte, 1});
  CHECK(client.read_response().body == R"({"a":1})");
}

TEST_CASE("a connection serves many requests") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  for (int i = 0; i < 50; ++i) {
    client.send(request_text("POST", "/echo", "", std::to_string(i)));
    const RawResponse response = client.read_response();
    CHECK(response.body == std::to_string(i));
    CHECK_FALSE(response.has("connection"));
  }
  const http::ServerCounters counters = server.counters();
  CHECK(counters.connections_accepted == 1);
  CHECK(counters.requests == 50);
}

TEST_CASE("a client that asks for it gets its connection closed") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/ping", "Connection: close\r\n"));
  const RawResponse response = client.read_response();
  CHECK(response.header("connection") == "close");
  CHECK(client.read_until_close().empty());
}

TEST_CASE("a client that ends its side after the request is still answered") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/ping"));
  ::shutdown(client.descriptor(), SHUT_WR);
  CHECK(client.read_response().body == "pong");
  CHECK(client.read_until_close().empty());
}

TEST_CASE("HTTP/1.0 is closed after the answer unless it asks to be kept") {
  TestServer server;
  server.start();
  RawClient once = server.connect();
  once.send("GET /ping HTTP/1.0\r\nHost: localhost\r\n\r\n");
  CHECK(once.read_response().header("connection") == "close");
  CHECK(once.read_until_close().empty());

  RawClient kept = server.connect();
  for (int i = 0; i < 2; ++i) {
    kept.send("GET /ping HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    const RawResponse response = kept.read_response();
    CHECK(response.header("connection") == "keep-alive");
    CHECK(response.body == "pong");
  }
}

TEST_CASE("HEAD is answered as GET without the body") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  client.send(request_text("HEAD", "/ping"));
  const RawResponse response = client.read_response(true);
  CHECK(response.status == 200);
  CHECK(response.header("content-length") == "4");
  client.send(request_text("HEAD", "/nowhere"));
  CHECK(client.read_response(true).status == 404);
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("an answer without content has neither body nor length") {
  TestServer server;
  server.router.add(http::Method::del, "/thing", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> {
                      http::Response response;
                      response.status = 204;
                      co_return response;
                    });
  server.start();
  RawClient client = server.connect();
  client.send(request_text("DELETE", "/thing") + request_text("GET", "/ping"));
  const RawResponse response = client.read_response();
  CHECK(response.status == 204);
  CHECK_FALSE(response.has("content-length"));
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("the handler sees the request decoded and who sent it") {
  TestServer server;
  server.router.add(
      http::Method::get, "/things/{id}", http::Access::open, [](http::Request& request) {
        return TestServer::text(std::string(request.path_value("id")) + "|" +
                                std::string(request.query_value("q").value_or("-")) + "|" +
                                std::string(request.header("x-note").value_or("-")) + "|" +
                                request.remote_address);
      });
  server.start();
  CHECK(server.ask(request_text("GET", "/things/a%2Fb?q=1+2", "X-NOTE:  hi \r\n")).body ==
        "a/b|1 2|hi|127.0.0.1");
}

TEST_CASE("every answer forbids sniffing and, unless it allows it, storing") {
  TestServer server;
  server.router.add(http::Method::get, "/cached", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> {
                      http::Response response;
                      response.headers.emplace_back("cache-control", "max-age=60");
                      co_return response;
                    });
  server.start();
  const RawResponse plain = server.ask(request_text("GET", "/ping"));
  CHECK(plain.header("cache-control") == "no-store");
  CHECK(plain.header("x-content-type-options") == "nosniff");
  CHECK(server.ask(request_text("GET", "/cached")).header("cache-control") == "max-age=60");
}

TEST_CASE("a body is waited for with 100-continue only where it will be taken") {
  http::ServerOptions options;
  options.body_bytes_max = 100;
  TestServer server(options);
  server.start();
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\nExpect: 100-continue\r\nContent-Length: ";
  RawClient client = server.connect();
  client.send(head + "2\r\n\r\n");
  CHECK(client.read_response().status == 100);
  client.send("{}");
  CHECK(client.read_response().body == "{}");

  client.send(head + "101\r\n\r\n");
  const RawResponse refused = client.read_response();
  check_problem(refused, 413, "body-too-large");
  CHECK(refused.header("connection") == "close");
}

TEST_CASE("a second server on the same port is refused by name") {
  TestServer server;
  server.start();
  http::ServerOptions options;
  options.port = server.server().port();
  const core::SystemClock clock;
  http::ServerMetrics metrics;
  http::Server second(options, server.router, clock, metrics);
  const std::string port = std::to_string(options.port);
  CHECK_THROWS_WITH_AS(second.start(),
                       doctest::Contains(("cannot listen on 127.0.0.1 port " + port).c_str()),
                       std::runtime_error);
  CHECK(server.serves());
}

}  // namespace orderflow::test
