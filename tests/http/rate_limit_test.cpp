#include "http/rate_limit.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::http {
namespace {

using namespace std::chrono_literals;

const RateLimit::Time start{1h};

TEST_CASE("a client may send its burst at once and then at its rate") {
  RateLimit limit({.per_second = 10, .burst = 5});
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(limit.take("ada", start));
  CHECK(limit.take("ada", start) == 1s);
  CHECK_FALSE(limit.take("ada", start + 100ms));
  CHECK(limit.take("ada", start + 100ms) == 1s);
  int taken = 0;
  for (int i = 0; i < 100; ++i)
    taken += limit.take("ada", start + 1h) ? 0 : 1;
  CHECK(taken == 5);
}

TEST_CASE("clients do not share their tokens") {
  RateLimit limit({.per_second = 1, .burst = 1});
  CHECK_FALSE(limit.take("ada", start));
  CHECK_FALSE(limit.take("bob", start));
  CHECK(limit.take("ada", start));
}

TEST_CASE("without a rate nobody is limited") {
  RateLimit limit({});
  for (int i = 0; i < 1000; ++i)
    CHECK_FALSE(limit.take("ada", start));
}

TEST_CASE("more clients than slots are still limited one by one") {
  RateLimit limit({.per_second = 1, .burst = 1});
  for (int i = 0; i < 100'000; ++i) {
    const std::string client = std::to_string(i);
    CHECK_FALSE(limit.take(client, start + std::chrono::microseconds(i)));
    CHECK(limit.take(client, start + std::chrono::microseconds(i)));
  }
}

}  // namespace
}  // namespace orderflow::http
