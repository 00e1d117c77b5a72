#include "wait_preference.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;

std::optional<std::chrono::seconds> wait_of(const std::vector<std::string>& values) {
  http::Request request;
  request.headers.emplace_back("host", "wait=9");
  for (const std::string& value : values)
    request.headers.emplace_back("prefer", value);
  return wait_preference(request, 60s);
}

}  // namespace

TEST_CASE("wait is found among preferences, however they are written") {
  for (const char* text :
       {"wait=7", "Wait=7", "WAIT = 7", "wait=\"7\"", "wait=\"\\7\"", "respond-async, wait=7",
        "wait=7, respond-async", "handling=lenient; strict=\"a,b;wait=1\", wait=7",
        "wait=7; foo=bar; baz", "wait=7;", ", ,wait=7,", "return=\"wait=5\", wait=7",
        "\twait\t=\t7\t", "foo=\"a\\\"b\", wait=7", "wait=007"}) {
    CAPTURE(text);
    CHECK(wait_of({text}) == 7s);
  }
  CHECK(wait_of({"respond-async", "wait=7"}) == 7s);
}

TEST_CASE("the first wait counts, and is bounded") {
  CHECK(wait_of({"wait=7, wait=9"}) == 7s);
  CHECK(wait_of({"wait=7", "wait=9"}) == 7s);
  CHECK(wait_of({"wait=61"}) == 60s);
  CHECK(wait_of({"wait=99999999999999999999999999"}) == 60s);
}

TEST_CASE("what is malformed is ignored, and only that") {
  for (const char* text :
       {"", "wait", "wait=", "wait=0", "wait=-1", "wait=1.5", "wait=x", "wait=\"", "wait=\"7",
        "wait 7", "await=7", "wait=7 8", "x\"wait=7", "wait=7@", "=7", "wait:7"}) {
    CAPTURE(text);
    CHECK_FALSE(wait_of({text}));
  }
  CHECK(wait_of({"a b, wait=7"}) == 7s);
  CHECK(wait_of({"x=\"a,b\" c, wait=7"}) == 7s);
  CHECK(wait_of({"wait=7 8, wait=9"}) == 9s);
  CHECK_FALSE(wait_of({}));
}

}  // namespace orderflow::orders
