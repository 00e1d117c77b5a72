#include "outbound/transfers.hpp"

#include "http/server_fixture.hpp"
#include "outbound/sending.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::outbound {
namespace {

using namespace std::chrono_literals;
using test::TestServer;

TEST_CASE("a request arrives as it was given, and its whole answer comes back") {
  TestServer server;
  server.router.add(http::Method::post, "/look", http::Access::open, [](http::Request& request) {
    const auto header = [&](const char* name) {
      return std::string(request.header(name).value_or("none"));
    };
    return TestServer::text(header("x-one") + "," + header("x-empty") + "," + header("expect") +
                            "," + request.body);
  });
  server.start();
  Transfers transfers({});
  const std::string body("\0\r\nöffentlich", 14);
  const HttpRequest request{
      .url = url_of(server, "/look"),
      .headers = {{"Content-Type", "application/json"}, {"X-One", "1"}, {"X-Empty", ""}},
      .body = body};
  const HttpAnswer answer = answer_of(transfers, request);
  CHECK(answer.status == 200);
  CHECK(answer.body == "1,,none," + body);
  CHECK(answer.header("content-type") == "text/plain");

  const HttpRequest get{.method = "GET", .url = url_of(server, "/ping")};
  CHECK(answer_of(transfers, get).body == "pong");
  const HttpRequest unknown{.method = "GET", .url = url_of(server, "/nothing")};
  CHECK(answer_of(transfers, unknown).status == 404);
}

TEST_CASE("many requests run side by side, over no more connections than allowed") {
  TestServer server;
  server.start();
  Transfers transfers({.connections_max = 4});
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 200; ++i) {
    requests.push_back({.url = url_of(server, "/echo"),
                        .headers = {{"Content-Type", "application/json"}},
                        .body = std::to_string(i)});
  }
  const auto results = send_all(transfers, requests);
  for (std::size_t i = 0; i < results.size(); ++i)
    CHECK(std::get<HttpAnswer>(results[i]).body == std::to_string(i));
}

TEST_CASE("one request more than may wait fails at once and was not sent") {
  TestServer server;
  test::Gate gate;
  server.router.add(http::Method::get, "/slow", http::Access::open,
                    [&](http::Request&) -> boost::asio::awaitable<http::Response> {
                      co_await gate.pass();
                      http::Response response;
                      co_return response;
                    });
  server.start();
  Transfers transfers({.waiting_max = 1});
  const HttpRequest slow{.method = "GET", .url = url_of(server, "/slow")};
  std::thread opener([&] {
    CHECK(gate.wait_until_entered());
    const HttpRequest refused{.method = "GET", .url = url_of(server, "/ping")};
    const TransferError error = error_of(transfers, refused);
    CHECK(std::string(error.what()) == "more than 1 requests wait");
    CHECK_FALSE(error.may_be_sent());
    gate.open();
  });
  CHECK(answer_of(transfers, slow).status == 200);
  opener.join();
}

TEST_CASE("what never reached a peer was not sent") {
  Transfers transfers({});
  std::uint16_t port = 0;
  {
    boost::asio::io_context context;
    const boost::asio::ip::tcp::acceptor closed(context,
                                                {boost::asio::ip::address_v4::loopback(), 0});
    port = closed.local_endpoint().port();
  }
  for (const std::string& url :
       {"http://127.0.0.1:" + std::to_string(port) + "/", std::string("http://no.such.invalid/"),
        std::string("ftp://127.0.0.1/"), std::string("file:///etc/passwd")}) {
    CAPTURE(url);
    const HttpRequest request{.method = "GET", .url = url};
    CHECK_FALSE(error_of(transfers, request).may_be_sent());
  }
}

TEST_CASE("a redirect is an answer like any other") {
  TestServer server;
  server.router.add(http::Method::get, "/moved", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> {
                      http::Response response;
                      response.status = 302;
                      response.headers = {{"Location", "/ping"}};
                      co_return response;
                    });
  server.start();
  Transfers transfers({});
  const HttpRequest request{.method = "GET", .url = url_of(server, "/moved")};
  const HttpAnswer answer = answer_of(transfers, request);
  CHECK(answer.status == 302);
  CHECK(answer.header("location") == "/ping");
}

TEST_CASE("where only public addresses may be reached, no spelling of another one is") {
  TestServer server;
  server.start();
  Transfers transfers({.allowed_addresses = AllowedAddresses::public_only});
  const std::string port = std::to_string(server.server().port());
  for (const std::string host : {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
                                 "2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
    CAPTURE(host);
    const HttpRequest request{.method = "GET", .url = "http://" + host + ":" + port + "/ping"};
    const TransferError error = error_of(transfers, request);
    CHECK(std::string(error.what()) == "the address is not a public one");
    CHECK_FALSE(error.may_be_sent());
  }
}

TEST_CASE("Retry-After is read as seconds or a date, and bounded") {
  const core::Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  const auto read = [&](const std::string& text) {
    return retry_after({.headers = {{"retry-after", text}}}, now, 1h);
  };
  CHECK(read("120") == now + 120s);
  CHECK(read("999999999999") == now + 1h);
  CHECK(read("Thu, 01 Jan 2026 00:10:00 GMT") == now + 10min);
  CHECK(read("Fri, 02 Jan 2026 00:00:00 GMT") == now + 1h);
  CHECK(read("Wed, 31 Dec 2025 00:00:00 GMT") == now);
  CHECK_FALSE(read("-5").has_value());
  CHECK_FALSE(read("soon").has_value());
  CHECK_FALSE(retry_after({}, now, 1h).has_value());
}

TEST_CASE("a file of trusted certificates must hold one") {
  test::TemporaryFolder folder;
  const std::string file = folder.path() / "ca.pem";
  check_ca_file("");
  CHECK_THROWS_WITH(check_ca_file(file), "cannot be read: No such file or directory");
  std::ofstream(file) << "not a certificate";
  CHECK_THROWS_WITH(check_ca_file(file), "holds no certificate in PEM");
}

}  // namespace
}  // namespace orderflow::outbound
