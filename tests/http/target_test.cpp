#include "http/message/target.hpp"

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

TEST_CASE("a target in absolute-form is taken apart into its authority and an origin-form") {
  struct Form {
    const char* target;
    const char* authority;
    const char* origin_form;
    const char* path;
  };
  for (const Form& form :
       {Form{"http://localhost:8080/ping?a=1", "localhost:8080", "/ping?a=1", "/ping"},
        {"HTTPS://Shop.Example/a%2Fb", "Shop.Example", "/a%2Fb", "/a/b"},
        {"http://[::1]:80", "[::1]:80", "/", "/"},
        {"http://127.0.0.1?x", "127.0.0.1", "/?x", "/"}}) {
    CAPTURE(form.target);
    const Request request = parsed(form.target);
    CHECK(request.target_authority == form.authority);
    CHECK(request.target == form.origin_form);
    CHECK(request.path == form.path);
  }
  CHECK(parsed("http://localhost/?a=1&b").query == Fields{{"a", "1"}, {"b", ""}});
  CHECK(parsed("/ping").target_authority.empty());
}

TEST_CASE("a target that is neither in origin-form nor in absolute-form is refused") {
  for (const char* target : {"",
                             "*",
                             "ping",
                             "localhost:80",
                             "ftp://localhost/ping",
                             "http:///ping",
                             "http:/ping",
                             "http://ada@localhost/ping",
                             "http://ada:pw@localhost/",
                             "http://:80/",
                             "http://localhost/#top",
                             "http://localhost/%zz",
                             "http://local host/",
                             "/a b",
                             "/%zz",
                             "/a%2",
                             "/a%00",
                             "/a%FFb",
                             "/a?q=%00",
                             "/a?%00=q",
                             "/ping#top",
                             "/\xc3\xbc",
                             "/a\"b"}) {
    CAPTURE(target);
    CHECK(is_refused(target));
  }
}

}  // namespace orderflow::http
