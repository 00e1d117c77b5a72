// A client that ends its side of the connection while its answer is held.
#include "http/presence.hpp"
#include "http/server_fixture.hpp"
#include "http/tls_certificate.hpp"
#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_client.hpp"

#include <sys/socket.h>

#include <thread>

namespace orderflow::test {
namespace {

/// Holds answers until a test lets them go, or their clients have ended. Outlives the server.
struct Holding {
  http::Handler handler() {
    return [this](http::Request& request) -> boost::asio::awaitable<http::Response> {
      const auto executor = co_await boost::asio::this_coro::executor;
      const auto timer = std::make_shared<boost::asio::steady_timer>(
          executor, boost::asio::steady_timer::time_point::max());
      bool has_ended = false;
      const bool is_held = request.presence->watch([&] {
        has_ended = true;
        timer->cancel();
        gone.happen();
      });
      {
        const std::lock_guard lock(mutex);
        waiting.emplace_back(timer, executor);
      }
      entered.happen();
      boost::system::error_code ignored;
      if (is_held && !has_ended) {
        co_await timer->async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      }
      http::Response response;
      response.body = !is_held ? "not held" : has_ended ? "as it is" : "settled";
      co_return response;
    };
  }
  void let_go() {
    const std::lock_guard lock(mutex);
    for (const auto& [timer, executor] : waiting) {
      boost::asio::post(executor, [weak = timer] {
        if (const auto alive = weak.lock()) alive->cancel();
      });
    }
  }

  std::mutex mutex;
  std::deque<std::pair<std::weak_ptr<boost::asio::steady_timer>, boost::asio::any_io_executor>>
      waiting;
  Occurrence entered;
  Occurrence gone;
};

struct HoldingServer {
  explicit HoldingServer(http::ServerOptions options = {}) : server(std::move(options)) {
    server.router.add(http::Method::get, "/held", http::Access::open, holding.handler());
    server.start();
  }
  RawClient hold() {
    RawClient client = server.connect();
    client.send(request_text("GET", "/held"));
    REQUIRE(holding.entered.wait_for(++held));
    return client;
  }
  bool is_left_by_all() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (server.counters().connections_open > 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Holding holding;
  TestServer server;
  int held = 0;
};

void end_sending(const RawClient& client) {
  REQUIRE(::shutdown(client.descriptor(), SHUT_WR) == 0);
}

void reset_at_close(const RawClient& client) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  REQUIRE(::setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

}  // namespace

TEST_CASE("a client that disconnects while its answer is held frees its connection") {
  HoldingServer held;
  {
    RawClient client = held.hold();
    SUBCASE("with an end") {}
    SUBCASE("with a reset") {
      reset_at_close(client);
    }
    client.close();
  }
  CHECK(held.holding.gone.wait_for(1));
  CHECK(held.is_left_by_all());
  CHECK(held.server.counters().answers_ended == 1);
}

TEST_CASE("as many disconnecting clients as there may be connections block no others") {
  http::ServerOptions options;
  options.connections_max = 64;
  HoldingServer held(options);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 30; ++i)
      held.hold().close();
    CHECK(held.is_left_by_all());
  }
  CHECK(held.server.serves());
}

TEST_CASE(
    "a client that has only closed its sending side is answered at once, with what there is") {
  HoldingServer held;
  RawClient client = held.hold();
  end_sending(client);
  const RawResponse response = client.read_response();
  CHECK(response.body == "as it is");
  CHECK(response.header("connection") == "close");
  CHECK(client.read_until_close().empty());
}

TEST_CASE("requests behind a held one are answered in their turn before the connection ends") {
  HoldingServer held;
  RawClient client = held.hold();
  client.send(request_text("GET", "/ping"));
  client.send(request_text("POST", "/echo", "", R"("a")"));
  end_sending(client);
  CHECK(client.read_response().body == "as it is");
  CHECK(client.read_response().body == "pong");
  CHECK(client.read_response().body == R"("a")");
  CHECK(client.read_until_close().empty());
}

TEST_CASE("what a client sends behind a held request is not lost, however it is cut up") {
  HoldingServer held;
  RawClient client = held.hold();
  const std::string body = "\"" + std::string(50'000, 'b') + "\"";
  const std::string behind = request_text("GET", "/ping") + request_text("POST", "/echo", "", body);
  client.send(behind.substr(0, 10));
  client.send(behind.substr(10, 1'500));
  held.holding.let_go();
  CHECK(client.read_response().body == "settled");
  CHECK(client.read_response().body == "pong");
  client.send(behind.substr(1'510));
  CHECK(client.read_response().body == body);
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("an answer that was held is followed by others on its connection") {
  HoldingServer held;
  RawClient client = held.hold();
  held.holding.let_go();
  CHECK(client.read_response().body == "settled");
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("GET", "/ping"));
    CHECK(client.read_response().body == "pong");
  }
}

TEST_CASE("half of the connections may hold answers, and no more") {
  http::ServerOptions options;
  options.connections_max = 8;
  HoldingServer held(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 4; ++i)
    clients.push_back(held.hold());
  CHECK(held.hold().read_response().body == "not held");
  held.holding.let_go();
  for (RawClient& client : clients)
    CHECK(client.read_response().body == "settled");
  RawClient again = held.hold();
  held.holding.let_go();
  CHECK(again.read_response().body == "settled");
}

TEST_CASE("a connection that held an answer has the usual timeouts afterwards") {
  http::ServerOptions options;
  options.idle_timeout = std::chrono::milliseconds{50};
  HoldingServer held(options);
  RawClient client = held.hold();
  held.holding.let_go();
  CHECK(client.read_response().body == "settled");
  CHECK(client.read_until_close().empty());
}

TEST_CASE("a drain ends a connection that held an answer") {
  HoldingServer held;
  RawClient client = held.hold();
  held.holding.let_go();
  CHECK(client.read_response().body == "settled");
  held.server.server().drain(drain_limit);
  CHECK(client.read_until_close().empty());
}

TEST_CASE("over TLS too a client that disconnects frees its connection") {
  TemporaryFolder folder;
  CertificateAuthority authority{folder.path(), "authority"};
  const Certificate made = authority.issue("leaving.example", "DNS:leaving.example");
  http::ServerOptions options;
  options.certificate = std::make_shared<http::TlsCertificate>(
      http::TlsCertificate::Files{.certificate = made.file, .key = made.private_key});
  HoldingServer held(options);
  {
    TlsClient client(held.server.server().port());
    client.send(request_text("GET", "/held"));
    REQUIRE(held.holding.entered.wait_for(1));
    client.send(request_text("GET", "/ping"));
  }
  CHECK(held.holding.gone.wait_for(1));
  CHECK(held.is_left_by_all());
}

TEST_CASE("over TLS an answer that was held is followed by others") {
  TemporaryFolder folder;
  CertificateAuthority authority{folder.path(), "authority"};
  const Certificate made = authority.issue("staying.example", "DNS:staying.example");
  http::ServerOptions options;
  options.certificate = std::make_shared<http::TlsCertificate>(
      http::TlsCertificate::Files{.certificate = made.file, .key = made.private_key});
  HoldingServer held(options);
  TlsClient client(held.server.server().port());
  client.send(request_text("GET", "/held"));
  REQUIRE(held.holding.entered.wait_for(1));
  held.holding.let_go();
  CHECK(client.read_response().ends_with("settled"));
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().ends_with("pong"));
}

}  // namespace orderflow::test
