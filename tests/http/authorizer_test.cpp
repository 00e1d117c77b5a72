// What stands between a request and its route beside the framing: keys, rates, numbers.
#include "http/server_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>

namespace orderflow::test {
namespace {

constexpr core::Scope orders_read{"orders:read"};
constexpr core::Scope orders_write{"orders:write"};

/// Knows two keys: "wide" may do all, "narrow" nothing but read orders.
class TwoKeys final : public http::Authorizer {
 public:
  Decision authorize(http::Request& request, http::Access needed) noexcept override {
    if (needed == http::Access::open) return Decision::authorized;
    const auto key = request.header("authorization");
    const bool wide = key == "Bearer wide";
    if (!wide && key != "Bearer narrow") return Decision::unknown;
    request.client =
        std::make_shared<const http::Client>(http::Client{.name = wide ? "wide" : "narrow",
                                                          .key = wide ? "1" : "2",
                                                          .holder = wide ? "key:1" : "key:2"});
    const bool may = wide || needed == orders_read || needed == http::Access::any_key;
    return may ? Decision::authorized : Decision::too_narrow;
  }
  bool still_authorizes(const http::Request&, http::Access) const noexcept override { return open; }

  bool is_required() const noexcept override { return required; }

  std::atomic<bool> open = true;
  std::atomic<bool> required = true;
};

/// What the server's threads use until it has ended.
struct Counted {
  TwoKeys keys;
  std::atomic<int> handled = 0;
  Occurrence released;
};

/// Gives a chunk each time it is asked, without an end.
class Ticks final : public http::BodyStream {
 public:
  boost::asio::awaitable<std::optional<std::string>> next() override {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer pause(executor, std::chrono::milliseconds(1));
    boost::system::error_code ignored;
    co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    co_return "tick";
  }
  void stop() override {}
};

/// Has nothing to send until it is stopped.
class Quiet final : public http::BodyStream {
 public:
  boost::asio::awaitable<std::optional<std::string>> next() override {
    const auto executor = co_await boost::asio::this_coro::executor;
    timer_.emplace(executor, boost::asio::steady_timer::time_point::max());
    boost::system::error_code ignored;
    if (!stopped_) {
      co_await timer_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    }
    co_return std::nullopt;
  }
  void stop() override {
    stopped_ = true;
    if (timer_) timer_->cancel();
  }

 private:
  std::optional<boost::asio::steady_timer> timer_;
  bool stopped_ = false;
};

/// Sends more than a client that does not read can take, and ignores that it is stopped.
class Talkative final : public http::BodyStream {
 public:
  explicit Talkative(Occurrence& released) : released_(released) {}
  ~Talkative() override { released_.happen(); }
  boost::asio::awaitable<std::optional<std::string>> next() override {
    co_return std::string(64U << 10, 'x');
  }
  void stop() override {}

 private:
  Occurrence& released_;
};

struct GuardedServer : Counted, TestServer {
  explicit GuardedServer(http::ServerOptions options = {}) : TestServer(std::move(options)) {
    authorizer = &keys;
    router.add(http::Method::get, "/orders", orders_read, counting());
    router.add(http::Method::post, "/orders", orders_write, counting());
    router.add(http::Method::get, "/ticks", orders_read,
               [](http::Request&) -> boost::asio::awaitable<http::Response> {
                 http::Response response;
                 response.stream = std::make_unique<Ticks>();
                 co_return response;
               });
    router.add(http::Method::get, "/quiet", orders_read,
               [](http::Request&) -> boost::asio::awaitable<http::Response> {
                 http::Response response;
                 response.stream = std::make_unique<Quiet>();
                 co_return response;
               });
    router.add(http::Method::get, "/talkative", orders_read,
               [this](http::Request&) -> boost::asio::awaitable<http::Response> {
                 http::Response response;
                 response.stream = std::make_unique<Talkative>(released);
                 co_return response;
               });
    start();
  }
  http::Handler counting() {
    return [this](http::Request& request) {
      ++handled;
      return text(std::string(request.client_name()));
    };
  }
  RawResponse ask_as(std::string_view key, std::string_view method, std::string_view path,
                     std::string_view body = "") {
    const std::string header =
        key.empty() ? "" : "Authorization: Bearer " + std::string(key) + "\r\n";
    return ask(request_text(method, path, header, body));
  }
};

TEST_CASE("a route is reached with a key that has its scope, and knows whose request it is") {
  GuardedServer server;
  CHECK(server.ask_as("narrow", "GET", "/orders").body == "narrow");
  CHECK(server.ask_as("wide", "POST", "/orders", "{}").body == "wide");
  CHECK(server.ask_as("", "GET", "/ping").body == "pong");
}

TEST_CASE("without a valid key a request is answered 401 and its body is not waited for") {
  GuardedServer server;
  check_problem(server.ask_as("", "GET", "/orders"), 401, "key-required");
  const RawResponse refused = server.ask(
      "POST /orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer other\r\n"
      "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
  check_problem(refused, 401, "key-required");
  CHECK(refused.header("www-authenticate") == "Bearer realm=\"orderflow\"");
  CHECK(refused.header("connection") == "close");
  CHECK(server.handled == 0);
}

TEST_CASE(
    "what another site reads needs a key, and where it is asked for one is not refused itself") {
  GuardedServer server;
  const std::string foreign = request_text(
      "GET", "/orders", "Sec-Fetch-Site: cross-site\r\nAuthorization: Bearer narrow\r\n");
  CHECK(server.ask(foreign).status == 200);
  server.keys.required = false;
  check_problem(server.ask(foreign), 403, "cross-origin-request");
}

TEST_CASE("with a key that is too narrow a request is answered 403 with the scope it needs") {
  GuardedServer server;
  const RawResponse refused = server.ask_as("narrow", "POST", "/orders", "{}");
  check_problem(refused, 403, "scope-required");
  CHECK(refused.header("www-authenticate").find("scope=\"orders:write\"") != std::string::npos);
  CHECK(server.handled == 0);
}

TEST_CASE("a stranger does not learn which routes there are") {
  GuardedServer server;
  check_problem(server.ask_as("", "GET", "/nowhere"), 401, "key-required");
  check_problem(server.ask_as("", "DELETE", "/orders"), 401, "key-required");
  check_problem(server.ask_as("narrow", "GET", "/nowhere"), 404, "route-not-found");
  check_problem(server.ask_as("narrow", "DELETE", "/orders"), 405, "method-not-allowed");
}

TEST_CASE("a stream ends when the key that opened it does") {
  GuardedServer server;
  RawClient client = server.connect();
  client.send(request_text("GET", "/ticks", "Authorization: Bearer narrow\r\n"));
  CHECK(client.read_head().status == 200);
  CHECK(client.read_chunk() == "tick");
  server.keys.open = false;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool ended = false;
  while (!ended && std::chrono::steady_clock::now() < deadline)
    ended = !client.read_chunk();
  CHECK(ended);
  CHECK(server.serves());
}

TEST_CASE("a stream that has nothing to send ends with its key too, as a whole body") {
  GuardedServer server;
  RawClient client = server.connect();
  client.send(request_text("GET", "/quiet", "Authorization: Bearer narrow\r\n"));
  CHECK(client.read_head().status == 200);
  server.keys.open = false;
  // It would send nothing without end.
  CHECK_FALSE(client.read_chunk());
  CHECK(server.ask_as("narrow", "GET", "/orders").status == 200);
}

TEST_CASE("a stream whose client does not read is cut when its key has ended") {
  http::ServerOptions options;
  options.write_timeout = std::chrono::hours(1);
  GuardedServer server(options);
  RawClient client(server.server().port(), 4096);
  client.send(request_text("GET", "/talkative", "Authorization: Bearer narrow\r\n"));
  CHECK(client.read_head().status == 200);
  server.keys.open = false;
  CHECK(server.released.wait_for(1));
  CHECK(server.serves());
}

TEST_CASE("a client that sends faster than allowed is answered 429, by key and by address") {
  http::ServerOptions options;
  options.rate_limit = {.per_second = 1, .burst = 3};
  GuardedServer server(options);
  for (const std::string_view key : {"narrow", "wide", ""}) {
    CAPTURE(key);
    int refused = 0;
    RawResponse last;
    for (int i = 0; i < 8; ++i) {
      const RawResponse response = server.ask_as(key, "GET", "/orders");
      if (response.status != 429) continue;
      ++refused;
      last = response;
    }
    REQUIRE(refused >= 1);
    check_problem(last, 429, "too-many-requests");
    CHECK(last.header("retry-after") == "1");
  }
  CHECK(server.handled >= 6);
}

TEST_CASE("one address has a bounded number of connections, until one of them ends") {
  http::ServerOptions options;
  options.connections_per_address_max = 2;
  GuardedServer server(options);
  RawClient first = server.connect();
  RawClient second = server.connect();
  for (RawClient* client : {&first, &second}) {
    client->send(request_text("GET", "/ping"));
    CHECK(client->read_response().status == 200);
  }
  RawClient third = server.connect();
  check_problem(third.read_response(), 429, "too-many-connections");
  first.close();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  unsigned status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) {
    RawClient again = server.connect();
    (void)again.try_send(request_text("GET", "/ping"));
    status = again.read_response().status;
  }
  CHECK(status == 200);
}

}  // namespace
}  // namespace orderflow::test
