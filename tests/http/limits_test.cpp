#include "http/server_fixture.hpp"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace orderflow::test {
namespace {

http::ServerOptions with_short(std::chrono::milliseconds http::ServerOptions::*timeout) {
  http::ServerOptions options;
  options.*timeout = std::chrono::milliseconds{100};
  return options;
}

void allow_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_max >= count);
  limit.rlim_cur = std::max(limit.rlim_cur, count);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

/// The clients that have something to read, once there are at least `count` of them.
std::vector<std::size_t> wait_for_readable(const std::vector<RawClient>& clients,
                                           std::size_t count) {
  std::vector<pollfd> waiting;
  for (const RawClient& client : clients)
    waiting.push_back({client.descriptor(), POLLIN, 0});
  std::vector<std::size_t> readable;
  while (readable.size() < count && !waiting.empty()) {
    if (::poll(waiting.data(), waiting.size(), 10'000) <= 0) break;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      readable.push_back(i);
      waiting[i].fd = -1;
    }
  }
  return readable;
}

boost::asio::awaitable<http::Response> answer_after_100_ms(http::Request&) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, std::chrono::milliseconds{100});
  co_await timer.async_wait(boost::asio::use_awaitable);
  http::Response response;
  response.body = "done";
  co_return response;
}

}  // namespace

TEST_CASE("a body over the limit is refused unread, also while it is being sent") {
  http::ServerOptions options;
  options.body_bytes_max = 1000;
  TestServer server(options);
  server.start();
  CHECK(server.ask(request_text("POST", "/echo", "", std::string(1000, '1'))).status == 200);

  RawClient client = server.connect();
  client.send(request_text("POST", "/echo", "", std::string(10U << 20, '1')));
  const RawResponse response = client.read_response();
  check_problem(response, 413, "body-too-large");
  CHECK(response.header("connection") == "close");
  CHECK(client.read_until_close().empty());
  CHECK(server.serves());
}

TEST_CASE("a body arrives whole however large it may be") {
  TestServer server;
  server.start();
  const std::string body(1U << 20, '7');
  CHECK(server.ask(request_text("POST", "/echo", "", body)).body == body);
}

TEST_CASE("a header section over the limit is refused") {
  http::ServerOptions options;
  options.header_bytes_max = 2048;
  TestServer server(options);
  server.start();
  const auto note = [](std::size_t size) { return "X-Note: " + std::string(size, 'x') + "\r\n"; };
  CHECK(server.ask(request_text("GET", "/ping", note(1900))).status == 200);
  for (const std::size_t size : {2040UL, 5000UL, 100'000UL}) {
    CAPTURE(size);
    RawClient client = server.connect();
    client.try_send(request_text("GET", "/ping", note(size)));
    check_problem(client.read_response(), 431, "header-too-large");
    CHECK(client.read_until_close().empty());
  }
  CHECK(server.serves());
}

TEST_CASE("a header section that comes too slowly is answered with 408") {
  TestServer server(with_short(&http::ServerOptions::header_timeout));
  server.start();
  RawClient client = server.connect();
  client.send("GET /pi");
  check_problem(client.read_response(), 408, "request-timeout");
  CHECK(client.read_until_close().empty());
  CHECK(server.serves());
}

TEST_CASE("a body that comes too slowly is answered with 408") {
  TestServer server(with_short(&http::ServerOptions::body_timeout));
  server.start();
  RawClient client = server.connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 9\r\n\r\n{\"a\"");
  check_problem(client.read_response(), 408, "request-timeout");
  CHECK(client.read_until_close().empty());
  CHECK(server.serves());
}

TEST_CASE("an idle connection is closed without an answer, before and after a request") {
  TestServer server(with_short(&http::ServerOptions::idle_timeout));
  server.start();
  RawClient silent = server.connect();
  CHECK(silent.read_until_close().empty());
  RawClient used = server.connect();
  used.send(request_text("GET", "/ping"));
  CHECK(used.read_response().body == "pong");
  CHECK(used.read_until_close().empty());
}

TEST_CASE("a handler may take longer than every timeout of the connection") {
  http::ServerOptions options;
  options.header_timeout = options.body_timeout = options.write_timeout = options.idle_timeout =
      std::chrono::milliseconds{20};
  TestServer server(options);
  server.router.add(http::Method::get, "/long", http::Access::open, answer_after_100_ms);
  server.start();
  CHECK(server.ask(request_text("GET", "/long")).body == "done");
}

TEST_CASE("a deadline that was met does not end the connection later") {
  TestServer server(with_short(&http::ServerOptions::write_timeout));
  server.router.add(http::Method::get, "/long", http::Access::open, answer_after_100_ms);
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
  // By the end of these the deadline of that answer has passed.
  CHECK(server.ask(request_text("GET", "/long")).body == "done");
  CHECK(server.ask(request_text("GET", "/long")).body == "done");
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("a client that reads nothing is cut by the write timeout") {
  TestServer server(with_short(&http::ServerOptions::write_timeout));
  server.router.add(http::Method::get, "/large", http::Access::open,
                    [](http::Request&) { return TestServer::text(std::string(64U << 20, 'x')); });
  server.start();
  RawClient client(server.server().port(), 4096);
  client.send(request_text("GET", "/large"));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (server.counters().connections_open > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(server.counters().connections_open == 0);
  CHECK(client.read_until_close().size() < 64U << 20);
  CHECK(server.serves());
}

TEST_CASE("of 2,000 connections at one moment those over the cap are asked to retry later") {
  constexpr std::size_t cap = 1500;
  constexpr std::size_t reserve = cap / 16;
  constexpr std::size_t over = 500;
  allow_descriptors(2 * (cap + over) + 200);
  http::ServerOptions options;
  options.connections_max = cap;
  options.idle_before_room = std::chrono::hours{1};
  TestServer server(options);
  server.start();
  const std::size_t memory_before = resident_bytes();
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < cap + over; ++i)
    clients.push_back(server.connect());

  const std::vector<std::size_t> refused = wait_for_readable(clients, over - reserve);
  REQUIRE(refused.size() == over - reserve);
  for (const std::size_t i : refused) {
    const RawResponse response = clients[i].read_response();
    check_problem(response, 503, "too-many-connections");
    CHECK(response.header("retry-after") == "1");
    CHECK(response.header("connection") == "close");
    CHECK(clients[i].read_until_close().empty());
  }
  const http::ServerCounters counters = server.counters();
  CHECK(counters.connections_open == cap + reserve);
  CHECK(counters.connections_accepted == cap + reserve);
  CHECK(counters.connections_refused == over - reserve);
  CHECK(resident_bytes() - memory_before < 100U << 20);

  // One that was let in is served, and its slot is free for another once it has gone.
  const auto served =
      std::find_if(clients.begin(), clients.begin() + cap, [&](const RawClient& client) {
        const auto index = static_cast<std::size_t>(&client - clients.data());
        return std::find(refused.begin(), refused.end(), index) == refused.end();
      });
  REQUIRE(served != clients.end());
  served->send(request_text("GET", "/ping", "Connection: close\r\n"));
  CHECK(served->read_response().body == "pong");
  CHECK(served->read_until_close().empty());
  CHECK(server.serves());
}

}  // namespace orderflow::test
