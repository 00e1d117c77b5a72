// Peers that answer late, too much or by halves, and what is left of their answers.
#include "http/server_fixture.hpp"
#include "outbound/sending.hpp"
#include "outbound/transfers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace orderflow::outbound {
namespace {

using namespace std::chrono_literals;
using test::TestServer;

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

TEST_CASE("where only the status is needed it is kept, whatever follows its line") {
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
  SUBCASE("a body that stops") {
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
  SUBCASE("a body that is not framed as declared") {
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

TEST_CASE("a connection is reused where the unneeded rest has arrived") {
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

}  // namespace
}  // namespace orderflow::outbound
