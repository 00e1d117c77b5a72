#include "http/routing/preconditions.hpp"

#include "http/routing/request_checks.hpp"
#include "http/server_fixture.hpp"

#include <doctest/doctest.h>

namespace orderflow::http {
namespace {

/// What becomes of a request that would change something: 0 where it is performed.
unsigned before(Method method, Fields headers) {
  Request request;
  request.method = method;
  request.headers = std::move(headers);
  const auto refusal = check_preconditions(request);
  return refusal ? refusal->problem.status : 0;
}

unsigned after(Fields headers, const std::string& etag = "", unsigned status = 200) {
  Request request;
  request.headers = std::move(headers);
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = "all of it";
  if (!etag.empty()) response.headers.emplace_back("ETag", etag);
  apply_preconditions(request, response);
  CHECK((response.status == 304) == response.body.empty());
  CHECK((response.status == 304) == response.content_type.empty());
  if (response.status == 412) CHECK(response.content_type == "application/problem+json");
  return response.status;
}

}  // namespace

TEST_CASE("nothing is changed under a condition that is false") {
  for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
    CHECK(before(method, {}) == 0);
    CHECK(before(method, {{"if-match", "*"}}) == 0);
    CHECK(before(method, {{"if-match", "\"a\""}}) == 412);
    CHECK(before(method, {{"if-match", "W/\"a\", \"b\""}}) == 412);
    CHECK(before(method, {{"if-match", ""}}) == 412);
    CHECK(before(method, {{"if-none-match", "*"}}) == 412);
    CHECK(before(method, {{"if-none-match", "\"a\""}}) == 0);
  }
}

TEST_CASE("nothing is changed under a condition that is not evaluated") {
  const std::string date = "Sat, 29 Oct 1994 19:43:31 GMT";
  CHECK(before(Method::put, {{"if-unmodified-since", date}}) == 412);
  // RFC 9110 §13.2.2: If-Match decides where there are both.
  CHECK(before(Method::put, {{"if-match", "*"}, {"if-unmodified-since", date}}) == 0);
  // §13.1.3: ignored for other methods than GET and HEAD.
  CHECK(before(Method::put, {{"if-modified-since", date}}) == 0);
}

TEST_CASE("what is read has to have a tag of If-Match, compared strongly") {
  CHECK(after({{"if-match", "\"a\""}}, "\"a\"") == 200);
  CHECK(after({{"if-match", "\"b\", \"a\""}}, "\"a\"") == 200);
  CHECK(after({{"if-match", "*"}}, "\"a\"") == 200);
  CHECK(after({{"if-match", "*"}}) == 200);
  CHECK(after({{"if-match", "\"b\""}}, "\"a\"") == 412);
  CHECK(after({{"if-match", "W/\"a\""}}, "\"a\"") == 412);
  CHECK(after({{"if-match", "W/\"a\""}}, "W/\"a\"") == 412);
  CHECK(after({{"if-match", "\"a\""}}) == 412);
  CHECK(after({{"if-match", "a"}}, "\"a\"") == 412);
  // Two lines are one list.
  CHECK(after({{"if-match", "\"b\""}, {"if-match", "\"a\""}}, "\"a\"") == 200);
}

TEST_CASE("what the client has is not sent again, by a tag compared weakly") {
  CHECK(after({{"if-none-match", "\"a\""}}, "\"a\"") == 304);
  CHECK(after({{"if-none-match", "W/\"a\""}}, "\"a\"") == 304);
  CHECK(after({{"if-none-match", "\"x,y\" , \"a\""}}, "\"a\"") == 304);
  CHECK(after({{"if-none-match", "*"}}) == 304);
  CHECK(after({{"if-none-match", "\"b\""}}, "\"a\"") == 200);
  // A comma within a tag begins no other one.
  CHECK(after({{"if-none-match", "\"x,\"a\"\""}}, "\"a\"") == 200);
  CHECK(after({{"if-none-match", "\"a"}}, "\"a\"") == 200);
  CHECK(after({{"if-none-match", "\"a\""}}) == 200);
}

TEST_CASE("an answer that is no success is sent as it is, and dates alone change nothing") {
  CHECK(after({{"if-match", "\"b\""}}, "\"a\"", 404) == 404);
  CHECK(after({{"if-none-match", "*"}}, "", 404) == 404);
  const std::string date = "Sat, 29 Oct 1994 19:43:31 GMT";
  CHECK(after({{"if-modified-since", date}}) == 200);
  CHECK(after({{"if-unmodified-since", date}}) == 200);
}

TEST_CASE("a condition that is false keeps a handler from being called") {
  test::TestServer server;
  test::Occurrence called;
  server.router.add(Method::put, "/thing", Access::open, [&](Request&) {
    called.happen();
    return test::TestServer::text("changed");
  });
  server.start();
  const auto put = [&](std::string_view header) {
    return server.ask(test::request_text("PUT", "/thing", header, "{}")).status;
  };
  CHECK(put("If-Match: \"a\"\r\n") == 412);
  CHECK(put("If-None-Match: *\r\n") == 412);
  CHECK_FALSE(called.wait_for(1, std::chrono::milliseconds{0}));
  CHECK(put("If-Match: *\r\n") == 200);
}

}  // namespace orderflow::http
