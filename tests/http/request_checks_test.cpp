#include "http/routing/request_checks.hpp"

#include <doctest/doctest.h>

namespace orderflow::http {
namespace {

unsigned host_status(std::string host) {
  Request request;
  request.headers.emplace_back("host", std::move(host));
  const auto refusal = check_host(request, {"shop.example"});
  return refusal ? refusal->problem.status : 200;
}

unsigned origin_status(Method method, Fields headers, bool is_open = false) {
  Request request;
  request.method = method;
  request.headers = std::move(headers);
  request.headers.emplace_back("host", "localhost:8080");
  const auto refusal = check_origin(request, is_open);
  return refusal ? refusal->problem.status : 200;
}

unsigned body_status(std::string content_type, Accepts accepts = Accepts::json) {
  Request request;
  request.method = Method::post;
  if (!content_type.empty()) request.headers.emplace_back("content-type", std::move(content_type));
  const auto refusal = check_body(request, 2, 100, {.accepts = accepts});
  return refusal ? refusal->problem.status : 200;
}

}  // namespace

TEST_CASE("IP literals, localhost and the allowed names pass the Host check, with any port") {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "10.1.2.3:1", "[::1]", "[::1]:8080",
                           "[2001:db8::7]:443", "localhost", "LOCALHOST:8080", "shop.localhost:80",
                           "shop.example", "Shop.Example:8443", "localhost:"}) {
    CAPTURE(host);
    CHECK(host_status(host) == 200);
  }
}

TEST_CASE("any other Host is refused as misdirected") {
  for (const char* host : {"", "evil.example", "evil.example:8080", "localhost.evil.example",
                           "notlocalhost", "sub.shop.example", "127.0.0.1.evil.example", "127.1",
                           "0x7f.0.0.1", "[::1", "[::1]x", "[::1%lo]", "[127.0.0.1]", "::1",
                           "localhost:99999", "localhost:8o", "localhost:80:80", ":80"}) {
    CAPTURE(host);
    CHECK(host_status(host) == 421);
  }
}

TEST_CASE("the authority of an absolute target is what is checked, and Host is not looked at") {
  Request request;
  request.headers.emplace_back("host", "evil.example");
  request.target_authority = "shop.example:80";
  CHECK_FALSE(check_host(request, {"shop.example"}));
  request.headers.back().second = "localhost";
  request.target_authority = "evil.example";
  CHECK(check_host(request, {"shop.example"}));
  request.method = Method::post;
  request.headers.emplace_back("origin", "http://localhost");
  CHECK(check_origin(request, false));
  request.headers.back().second = "http://evil.example";
  CHECK_FALSE(check_origin(request, false));
}

TEST_CASE("HTTP/1.0 may name no host, and then no page of a browser has sent it") {
  Request request;
  request.method = Method::post;
  CHECK_FALSE(check_host(request, {}));
  CHECK_FALSE(check_origin(request, false));
  request.headers.emplace_back("origin", "http://");
  CHECK(check_origin(request, false));
}

TEST_CASE("a query parameter that is given twice is named, once") {
  Request request;
  request.query = {{"limit", "1"}, {"after", "2"}};
  CHECK_FALSE(check_query(request));
  request.query = {{"limit", "1"}, {"kind", "a"}, {"limit", "1"}, {"limit", "2"}, {"kind", "a"}};
  const auto refusal = check_query(request);
  REQUIRE(refusal);
  CHECK(refusal->problem.status == 400);
  REQUIRE(refusal->problem.errors.size() == 2);
  CHECK(refusal->problem.errors[0].pointer == "kind");
  CHECK(refusal->problem.errors[1].pointer == "limit");
}

TEST_CASE("a body with a label of a coding is refused, whatever the route takes") {
  const auto status_of = [](std::string coding, std::uint64_t length) {
    Request request;
    request.method = Method::post;
    request.headers = {{"content-type", "application/json"},
                       {"content-encoding", std::move(coding)}};
    const auto refusal = check_body(request, length, 100, {.accepts = Accepts::anything});
    return refusal ? refusal->problem.status : 200;
  };
  CHECK(status_of("gzip", 2) == 415);
  CHECK(status_of("br", 2) == 415);
  CHECK(status_of("identity, gzip", 2) == 415);
  CHECK(status_of("Identity", 2) == 200);
  CHECK(status_of("", 2) == 200);
  CHECK(status_of("gzip", 0) == 200);
}

TEST_CASE("an unsafe request of a browser must come from the same origin") {
  CHECK(origin_status(Method::post, {}) == 200);
  CHECK(origin_status(Method::post, {{"sec-fetch-site", "same-origin"}}) == 200);
  CHECK(origin_status(Method::post, {{"sec-fetch-site", "none"}}) == 200);
  CHECK(origin_status(Method::post, {{"sec-fetch-site", "same-site"}}) == 403);
  CHECK(origin_status(Method::del, {{"sec-fetch-site", "cross-site"}}) == 403);
  CHECK(origin_status(Method::post, {{"origin", "http://localhost:8080"}}) == 200);
  CHECK(origin_status(Method::put, {{"origin", "http://LOCALHOST:8080"}}) == 200);
  CHECK(origin_status(Method::post, {{"origin", "http://localhost:9090"}}) == 403);
  CHECK(origin_status(Method::post, {{"origin", "https://evil.example"}}) == 403);
  CHECK(origin_status(Method::post, {{"origin", "null"}}) == 403);
}

TEST_CASE("what the browser sends about the site decides over the origin") {
  CHECK(origin_status(Method::post, {{"sec-fetch-site", "cross-site"},
                                     {"origin", "http://localhost:8080"}}) == 403);
}

TEST_CASE("safe requests pass from anywhere where a key is asked for") {
  CHECK(origin_status(Method::get, {{"sec-fetch-site", "cross-site"}}) == 200);
  CHECK(origin_status(Method::head, {{"origin", "https://evil.example"}}) == 200);
}

TEST_CASE("where no key is asked for, another site has nothing read but what a person goes to") {
  const bool is_open = true;
  const Fields foreign{{"sec-fetch-site", "cross-site"}};
  CHECK(origin_status(Method::get, foreign, is_open) == 403);
  CHECK(origin_status(Method::head, foreign, is_open) == 403);
  for (const char* mode : {"no-cors", "cors", "websocket", "same-origin", ""}) {
    CHECK(origin_status(Method::get, {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", mode}},
                        is_open) == 403);
  }
  const Fields navigation{{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}};
  CHECK(origin_status(Method::get, navigation, is_open) == 200);
  CHECK(origin_status(Method::post, navigation, is_open) == 403);
  for (const char* site : {"same-origin", "same-site", "none"})
    CHECK(origin_status(Method::get, {{"sec-fetch-site", site}}, is_open) == 200);
  CHECK(origin_status(Method::get, {}, is_open) == 200);
}

TEST_CASE("a body must be JSON in UTF-8") {
  for (const char* type : {"application/json", "Application/JSON",
                           "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
                           "application/cloudevents+json", "application/json; version=1"}) {
    CAPTURE(type);
    CHECK(body_status(type) == 200);
  }
  for (const char* type :
       {"", "text/plain", "application/jsonp", "application/+json", "text/x+json",
        "application/json; charset=latin1", "application/x-www-form-urlencoded", ";",
        "application/xml, application/json"}) {
    CAPTURE(type);
    CHECK(body_status(type) == 415);
  }
}

TEST_CASE("a route may take any type of body, but no larger one") {
  CHECK(body_status("application/x-www-form-urlencoded", Accepts::anything) == 200);
  CHECK(body_status("multipart/form-data; boundary=x", Accepts::anything) == 200);
  CHECK(body_status("", Accepts::anything) == 200);
  Request request;
  request.method = Method::post;
  const auto refusal = check_body(request, 101, 100, {.accepts = Accepts::anything});
  REQUIRE(refusal);
  CHECK(refusal->problem.status == 413);
}

}  // namespace orderflow::http
