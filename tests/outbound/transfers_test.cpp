#include "outbound/transfers.hpp"

#include "http/server_fixture.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace orderflow::outbound {
namespace {

using namespace std::chrono_literals;
using test::TestServer;
using TransferResult = std::variant<HttpAnswer, TransferError>;

boost::asio::awaitable<HttpAnswer> send(Transfers& transfers, const HttpRequest& request) {
  HttpAnswer answer = co_await transfers.send(request);
  co_return answer;
}

/// Sends all of them side by side and waits for their outcomes.
std::vector<TransferResult> send_all(Transfers& transfers,
                                     const std::vector<HttpRequest>& requests) {
  boost::asio::io_context context(1);
  std::vector<std::optional<TransferResult>> results(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    boost::asio::co_spawn(context, send(transfers, requests[i]),
                          [&results, i](const std::exception_ptr& error, HttpAnswer answer) {
                            try {
                              if (error) std::rethrow_exception(error);
                              results[i].emplace(std::move(answer));
                            } catch (const TransferError& e) {
                              results[i].emplace(e);
                            }
                          });
  }
  context.run();
  std::vector<TransferResult> all;
  for (auto& result : results)
    all.push_back(std::move(result.value()));
  return all;
}

HttpAnswer answer_of(Transfers& transfers, const HttpRequest& request) {
  return std::get<HttpAnswer>(send_all(transfers, {request}).front());
}

TransferError error_of(Transfers& transfers, const HttpRequest& request) {
  return std::get<TransferError>(send_all(transfers, {request}).front());
}

std::string url_of(TestServer& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.server().port()) + path;
}

/// Reads one request, answers it with the bytes it is given, and closes the connection: at once, or
/// when the client has closed its side.
class RudePeer {
 public:
  enum class Closes { at_once, after_the_client };

  explicit RudePeer(std::string answer, Closes closes = Closes::at_once)
      : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
        thread_([this, closes, answer = std::move(answer)] {
          boost::asio::ip::tcp::socket socket(context_);
          acceptor_.accept(socket);
          boost::asio::streambuf request;
          boost::asio::read_until(socket, request, "\r\n\r\n");
          boost::system::error_code ended;
          boost::asio::write(socket, boost::asio::buffer(answer), ended);
          if (closes == Closes::at_once) return;
          boost::asio::read(socket, request, ended);
        }) {}
  ~RudePeer() { thread_.join(); }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

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

TEST_CASE(
    "a peer that answers too late, too much, or breaks off gives an error that may have been "
    "sent") {
  Transfers transfers({});
  SUBCASE("too late") {
    TestServer server;
    test::Gate gate;
    server.router.add(http::Method::get, "/slow", http::Access::open,
                      [&](http::Request&) -> boost::asio::awaitable<http::Response> {
                        co_await gate.pass();
                        http::Response response;
                        co_return response;
                      });
    server.start();
    const HttpRequest request{.method = "GET", .url = url_of(server, "/slow"), .timeout = 100ms};
    CHECK(error_of(transfers, request).may_be_sent());
    gate.open();
  }
  SUBCASE("too much") {
    TestServer server;
    server.router.add(http::Method::get, "/much", http::Access::open,
                      [](http::Request&) { return TestServer::text(std::string(1001, 'x')); });
    server.start();
    HttpRequest request{.method = "GET", .url = url_of(server, "/much"), .answer_bytes_max = 1000};
    const TransferError error = error_of(transfers, request);
    CHECK(std::string(error.what()) == "the answer is too long");
    CHECK(error.may_be_sent());
    request.answer_bytes_max = 1001;
    CHECK(answer_of(transfers, request).body.size() == 1001);
  }
  SUBCASE("breaks off before the answer") {
    RudePeer peer("");
    const HttpRequest request{.url = peer.url(), .body = "x"};
    CHECK(error_of(transfers, request).may_be_sent());
  }
  SUBCASE("breaks off in the answer") {
    RudePeer peer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    const HttpRequest request{.url = peer.url(), .body = "x"};
    CHECK(error_of(transfers, request).may_be_sent());
  }
  SUBCASE("sends endless headers") {
    RudePeer peer("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n");
    const HttpRequest request{.url = peer.url()};
    CHECK(error_of(transfers, request).may_be_sent());
  }
}

TEST_CASE("a header of an answer is UTF-8, whatever the peer sends") {
  Transfers transfers({});
  const RudePeer peer("HTTP/1.1 503 Busy\r\nX-Reason: zu sp\xe4t\r\nContent-Length: 0\r\n\r\n");
  const HttpRequest request{.method = "GET", .url = peer.url()};
  CHECK(answer_of(transfers, request).header("x-reason") == "zu sp\xef\xbf\xbdt");
  CHECK(std::string(TransferError("certificate of F\xfc"
                                  "rst",
                                  true)
                        .what()) == "certificate of F\xef\xbf\xbdrst");
}

TEST_CASE("where the status is all that is needed it stands, whatever follows its line") {
  Transfers transfers({});
  const auto ask = [&](const RudePeer& peer) {
    // Nobody would wait for its end.
    const HttpRequest request{.url = peer.url(),
                              .body = "x",
                              .timeout = 1h,
                              .answer_bytes_max = 1000,
                              .need = AnswerNeed::status};
    return answer_of(transfers, request);
  };
  using Closes = RudePeer::Closes;
  const std::string head = "HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\n";

  SUBCASE("a body that is cut") {
    const RudePeer peer(head + "Content-Length: 10\r\n\r\nhalf");
    CHECK(ask(peer).status == 202);
  }
  SUBCASE("a body that does not go on") {
    const RudePeer peer(head + "Content-Length: 10\r\n\r\nhalf", Closes::after_the_client);
    const HttpAnswer answer = ask(peer);
    CHECK(answer.status == 202);
    CHECK(answer.header("retry-after") == "7");
    CHECK(answer.body.empty());
  }
  SUBCASE("a body that never begins, after an interim answer") {
    const RudePeer peer("HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 10\r\n\r\n",
                        Closes::after_the_client);
    CHECK(ask(peer).status == 202);
  }
  SUBCASE("a body that is too long") {
    const RudePeer peer(head + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x'),
                        Closes::after_the_client);
    CHECK(ask(peer).status == 202);
  }
  SUBCASE("a body that is not framed as it says") {
    const RudePeer peer(head + "Transfer-Encoding: chunked\r\n\r\nno chunk\r\n");
    CHECK(ask(peer).status == 202);
  }
  SUBCASE("headers that are cut, and those that are too long") {
    const RudePeer cut(head);
    CHECK(ask(cut).status == 202);
    const RudePeer endless(head + "X: " + std::string(70'000, 'x') + "\r\n\r\n");
    CHECK(ask(endless).status == 202);
  }
  SUBCASE("but not where there is no more than a part of the line") {
    const RudePeer peer("HTTP/1.1 20");
    const HttpRequest request{.url = peer.url(), .body = "x", .need = AnswerNeed::status};
    CHECK(error_of(transfers, request).may_be_sent());
  }
}

TEST_CASE("a connection serves again where the unneeded rest has come") {
  TestServer server;
  server.start();
  Transfers transfers({});
  for (int i = 0; i < 3; ++i) {
    const HttpRequest request{
        .method = "GET", .url = url_of(server, "/ping"), .need = AnswerNeed::status};
    const HttpAnswer answer = answer_of(transfers, request);
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
  }
  CHECK(server.counters().connections_accepted == 1);
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
