#include "http/message/http_date.hpp"

#include <doctest/doctest.h>

namespace orderflow::http {
namespace {

TEST_CASE("a date is written as HTTP wants it, and again when the second changes") {
  HttpDate date;
  const auto example = core::from_micros(784'111'777'000'000);
  CHECK(date.at(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.at(example + std::chrono::microseconds{999'999}) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.at(example + std::chrono::seconds{1}) == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK(date.at(core::from_micros(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace orderflow::http
