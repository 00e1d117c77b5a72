#include "core/trace_context.hpp"
#include "core/uuid.hpp"
#include "http/server_fixture.hpp"

namespace orderflow::test {
namespace {

constexpr std::string_view parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

}  // namespace

TEST_CASE("a correlation id and a trace are taken, handed to the handler and returned") {
  TestServer server;
  server.router.add(http::Method::get, "/trace", http::Access::open, [](http::Request& request) {
    return TestServer::text(request.trace.correlation_id + " " + request.trace.traceparent);
  });
  server.start();
  const RawResponse response = server.ask(
      request_text("GET", "/trace",
                   "X-Correlation-ID: order-42/a\r\nTraceparent: " + std::string(parent) + "\r\n"));
  CHECK(response.header("x-correlation-id") == "order-42/a");
  const std::string traceparent = response.header("traceparent");
  CHECK(core::is_traceparent(traceparent));
  CHECK(traceparent.substr(0, 36) == parent.substr(0, 36));
  CHECK(traceparent != parent);
  CHECK(response.body == "order-42/a " + traceparent);
}

TEST_CASE("what is missing or malformed is replaced") {
  TestServer server;
  server.start();
  for (const std::string& headers :
       {std::string{}, "X-Correlation-ID: two words\r\n" + std::string("traceparent: 00-0-0-0\r\n"),
        "X-Correlation-ID: " + std::string(129, 'x') + "\r\n"}) {
    const RawResponse response = server.ask(request_text("GET", "/ping", headers));
    CHECK(core::Uuid::parse(response.header("x-correlation-id")));
    CHECK(core::is_traceparent(response.header("traceparent")));
  }
}

TEST_CASE("two requests get two correlation ids") {
  TestServer server;
  server.start();
  const RawResponse one = server.ask(request_text("GET", "/ping"));
  const RawResponse two = server.ask(request_text("GET", "/ping"));
  CHECK(one.header("x-correlation-id") != two.header("x-correlation-id"));
}

TEST_CASE("a refusal carries the correlation id of what was refused") {
  TestServer server;
  server.start();
  for (const std::string& request :
       {request_text("GET", "/nowhere", "X-Correlation-ID: mine\r\n"),
        request_text("POST", "/echo",
                     "X-Correlation-ID: mine\r\nTransfer-Encoding: chunked\r\n")}) {
    const RawResponse response = server.ask(request);
    CHECK(response.header("x-correlation-id") == "mine");
    CHECK(nlohmann::json::parse(response.body)["correlationId"] == "mine");
  }
}

}  // namespace orderflow::test
