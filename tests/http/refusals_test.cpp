#include "http/server_fixture.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <iterator>

namespace orderflow::test {
namespace {

struct Case {
  const char* what;
  std::string bytes;
  unsigned status;
  const char* slug;
};

std::string with_head(std::string_view head) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         std::string(head) + "\r\n";
}

const std::string& smuggled() {
  static const std::string text = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
  return text;
}

const char* const malformed = "malformed-request";

std::vector<Case> broken_lengths() {
  const char* length = "length-required";
  return {
      {"chunked body", with_head("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 411, length},
      {"identity with a length",
       with_head("Transfer-Encoding: identity\r\nContent-Length: 2\r\n") + "{}", 411, length},
      {"chunked, then identity", with_head("Transfer-Encoding: chunked, identity\r\n"), 411,
       length},
      {"an unknown coding", with_head("Transfer-Encoding: xchunked\r\n"), 411, length},
      {"chunked on HTTP/1.0",
       "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411,
       length},
      {"a chunk extension of 100 KB",
       with_head("Transfer-Encoding: chunked\r\n") + "1;" + std::string(100'000, 'x'), 411, length},
      {"a length with a coding",
       with_head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "{}", 400, malformed},
      {"equal lengths twice", with_head("Content-Length: 2\r\nContent-Length: 2\r\n") + "{}", 400,
       malformed},
      {"a list of equal lengths", with_head("Content-Length: 2, 2\r\n") + "{}", 400, malformed},
      {"differing lengths", with_head("Content-Length: 2\r\nContent-Length: 3\r\n") + "{}", 400,
       malformed},
      {"a signed length", with_head("Content-Length: +2\r\n") + "{}", 400, malformed},
      {"a hexadecimal length", with_head("Content-Length: 0x2\r\n") + "{}", 400, malformed},
      {"a length beyond 64 bits", with_head("Content-Length: 99999999999999999999\r\n"), 400,
       malformed},
      {"no length after the name", with_head("Content-Length:\r\n"), 400, malformed},
  };
}

std::vector<Case> broken_heads() {
  return {
      {"a folded header", with_head("X-Note: a\r\n b\r\n"), 400, malformed},
      {"a header folded by a tab", with_head("X-Note: a\r\n\tb\r\n"), 400, malformed},
      {"no Host", "GET /ping HTTP/1.1\r\n\r\n", 400, malformed},
      {"two Hosts", "GET /ping HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400,
       malformed},
      {"an absolute target without a Host", "GET http://localhost/ping HTTP/1.1\r\n\r\n", 400,
       malformed},
      {"an absolute target with a user",
       "GET http://ada@localhost/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, malformed},
      {"two types of a body", with_head("Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}",
       400, malformed},
      {"two keys", with_head("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
       malformed},
      {"two origins", with_head("Origin: http://localhost\r\nOrigin: http://evil.example\r\n"), 400,
       malformed},
      {"an authority target", "GET localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400,
       malformed},
      {"raw UTF-8 in the target", "GET /p\xc3\xafng HTTP/1.1\r\nHost: localhost\r\n\r\n", 400,
       malformed},
      {"a broken escape", "GET /%p HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, malformed},
      {"a space before the colon", "GET /ping HTTP/1.1\r\nHost : localhost\r\n\r\n", 400,
       malformed},
      {"a bare line feed", "GET /ping HTTP/1.1\nHost: localhost\r\n\r\n", 400, malformed},
      {"a NUL in a header",
       std::string("GET /ping HTTP/1.1\r\nHost: local") + '\0' + "host\r\n\r\n", 400, malformed},
      {"a lone carriage return", "GET /ping HTTP/1.1\r\nHost: local\rhost\r\n\r\n", 400, malformed},
  };
}

std::vector<Case> unknown_versions_and_methods() {
  return {
      {"no version", "GET /ping\r\n\r\n", 400, malformed},
      {"a greeting in TLS", std::string("\x16\x03\x01\x02", 4), 400, malformed},
      {"an unknown version", "GET /ping HTTP/2.0\r\nHost: localhost\r\n\r\n", 505,
       "http-version-not-supported"},
      {"an unknown method", "BREW /ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 501,
       "method-not-implemented"},
      {"a method in lower case", "get /ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 501,
       "method-not-implemented"},
      {"OPTIONS for the server", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 501,
       "method-not-implemented"},
      {"CONNECT", "CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 501,
       "method-not-implemented"},
  };
}

std::vector<Case> broken_framing() {
  std::vector<Case> cases = broken_lengths();
  for (auto more : {broken_heads(), unknown_versions_and_methods()})
    std::ranges::move(more, std::back_inserter(cases));
  return cases;
}

}  // namespace

TEST_CASE("what two parties could frame differently is refused and nothing after it is read") {
  TestServer server;
  Occurrence smuggled_in;
  server.router.add(http::Method::get, "/smuggled", http::Access::open, [&](http::Request&) {
    smuggled_in.happen();
    return TestServer::text("in");
  });
  server.start();
  for (const Case& refused : broken_framing()) {
    CAPTURE(refused.what);
    RawClient client = server.connect();
    client.send(refused.bytes + smuggled());
    const RawResponse response = client.read_response();
    check_problem(response, refused.status, refused.slug);
    CHECK(response.header("connection") == "close");
    CHECK(client.read_until_close().empty());
  }
  CHECK_FALSE(smuggled_in.wait_for(1, std::chrono::milliseconds{0}));
  CHECK(server.serves());
}

TEST_CASE("a request that is framed well but not acceptable leaves the connection usable") {
  http::ServerOptions options;
  options.allowed_hosts = {"Shop.Example"};
  TestServer server(options);
  server.start();
  const std::vector<Case> cases{
      {"unknown path", request_text("GET", "/nowhere"), 404, "route-not-found"},
      {"unknown path with a body", request_text("POST", "/nowhere", "", "{}"), 404,
       "route-not-found"},
      {"method not on the path", request_text("DELETE", "/ping"), 405, "method-not-allowed"},
      {"another host", "GET /ping HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "host-not-allowed"},
      {"another host in an absolute target",
       "GET http://evil.example/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 421, "host-not-allowed"},
      {"a parameter twice", request_text("GET", "/ping?a=1&a=2"), 400, "bad-parameter"},
      {"a compressed body", request_text("POST", "/echo", "Content-Encoding: gzip\r\n", "{}"), 415,
       "unsupported-content-coding"},
      {"a tag that nothing has", request_text("POST", "/echo", "If-Match: \"a\"\r\n", "{}"), 412,
       "precondition-failed"},
      {"another site", request_text("POST", "/echo", "Sec-Fetch-Site: cross-site\r\n", "{}"), 403,
       "cross-origin-request"},
      {"another site that reads", request_text("GET", "/ping", "Sec-Fetch-Site: cross-site\r\n"),
       403, "cross-origin-request"},
      {"another origin", request_text("POST", "/echo", "Origin: http://evil.example\r\n", "{}"),
       403, "cross-origin-request"},
      {"a form",
       "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/"
       "x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b",
       415, "unsupported-media-type"},
      {"a body of no type", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
       415, "unsupported-media-type"},
      {"an unknown expectation", request_text("POST", "/echo", "Expect: coffee\r\n", "{}"), 417,
       "expectation-failed"},
  };
  RawClient client = server.connect();
  for (const Case& refused : cases) {
    CAPTURE(refused.what);
    client.send(refused.bytes);
    check_problem(client.read_response(), refused.status, refused.slug);
  }
  client.send("GET /ping HTTP/1.1\r\nHost: shop.example:8080\r\n\r\n");
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("what HTTP allows besides the common forms is answered") {
  TestServer server;
  server.start();
  for (const char* text : {"GET http://localhost:1/ping HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                           "GET HTTP://127.0.0.1/ping?x HTTP/1.1\r\nHost: \r\n\r\n",
                           "GET /ping HTTP/1.0\r\n\r\n", "GET http://[::1]/ping HTTP/1.0\r\n\r\n",
                           "GET /ping HTTP/1.2\r\nHost: localhost\r\n\r\n"}) {
    CAPTURE(text);
    const RawResponse response = server.ask(text);
    CHECK(response.status == 200);
    CHECK(response.body == "pong");
  }
}

TEST_CASE("405 names the methods of the path") {
  TestServer server;
  server.start();
  CHECK(server.ask(request_text("DELETE", "/ping")).header("allow") == "GET, HEAD");
  CHECK(server.ask(request_text("GET", "/echo")).header("allow") == "POST");
}

TEST_CASE("an empty body needs no content type") {
  TestServer server;
  server.start();
  CHECK(server.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200);
  CHECK(server.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").status ==
        200);
}

TEST_CASE("a chunked trailer of 70,000 bytes is refused and the service continues") {
  TestServer server;
  server.start();
  RawClient client = server.connect();
  client.send(with_head("Transfer-Encoding: chunked\r\n") + "0\r\nX-Trailer: ");
  client.try_send(std::string(70'000, 'x'));
  check_problem(client.read_response(), 411, "length-required");
  CHECK(client.read_until_close().empty());
  CHECK(server.serves());
}

TEST_CASE("random bytes never stop the service") {
  TestServer server;
  server.start();
  core::SeededRandom random(20260301);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = request_text("POST", "/echo", "X-Note: a\r\n", "{\"a\":1}");
    for (std::uint64_t change = random.below(6) + 1; change > 0; --change) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    RawClient client = server.connect();
    client.try_send(bytes);
    ::shutdown(client.descriptor(), SHUT_WR);
    client.read_until_close();
  }
  CHECK(server.serves());
}

}  // namespace orderflow::test
