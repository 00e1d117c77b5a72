#include "http/target.hpp"

#include <doctest/doctest.h>

namespace orderflow::http {
namespace {

Request parsed(std::string target) {
  Request request;
  request.target = std::move(target);
  CHECK(parse_target(request));
  return request;
}

bool is_refused(std::string target) {
  Request request;
  request.target = std::move(target);
  return !parse_target(request);
}

}  // namespace

TEST_CASE("a target is split into its decoded path and query") {
  const Request request = parsed("/users/j%C3%BCrgen?status=a%26b&limit=5&status=c&flag&q=x+y%2B");
  CHECK(request.path == "/users/j\xc3\xbcrgen");
  CHECK(request.query ==
        Fields{{"status", "a&b"}, {"limit", "5"}, {"status", "c"}, {"flag", ""}, {"q", "x y+"}});
  CHECK(request.query_value("status") == "a&b");
  CHECK_FALSE(request.query_value("absent"));
}

TEST_CASE("a target without a query or with an empty one has no parameters") {
  CHECK(parsed("/").query.empty());
  CHECK(parsed("/?").query.empty());
}

TEST_CASE("a target that is not an origin-form path is refused") {
  for (const char* target : {"", "*", "ping", "http://localhost/ping", "/a b", "/%zz", "/a%2",
                             "/ping#top", "/\xc3\xbc", "/a\"b"}) {
    CAPTURE(target);
    CHECK(is_refused(target));
  }
}

}  // namespace orderflow::http
