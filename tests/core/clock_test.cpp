#include "core/clock.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

using namespace std::chrono_literals;

TEST_CASE("times are written in UTC with six fraction digits") {
  CHECK(to_rfc3339(from_micros(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_rfc3339(from_micros(1'772'368'200'123'456)) == "2026-03-01T12:30:00.123456Z");
  CHECK(to_rfc3339(from_micros(7)) == "1970-01-01T00:00:00.000007Z");
}

TEST_CASE("leap days and ends of years are written right") {
  CHECK(to_rfc3339(from_micros(951'782'400'000'000)) == "2000-02-29T00:00:00.000000Z");
  CHECK(to_rfc3339(from_micros(951'868'800'000'000) - 1us) == "2000-02-29T23:59:59.999999Z");
  CHECK(to_rfc3339(from_micros(4'107'542'400'000'000)) == "2100-03-01T00:00:00.000000Z");
  CHECK(to_rfc3339(from_micros(1'704'067'200'000'000) - 1us) == "2023-12-31T23:59:59.999999Z");
}

TEST_CASE("times before 1970 are written right") {
  CHECK(to_rfc3339(from_micros(-1)) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("microseconds become a time and come back") {
  CHECK(to_micros(from_micros(1'772'368'200'123'456)) == 1'772'368'200'123'456);
}

TEST_CASE("a manual clock moves only when told to") {
  ManualClock clock{from_micros(100)};
  CHECK(to_micros(clock.now()) == 100);
  CHECK(to_micros(clock.now()) == 100);
  clock.advance(2ms);
  CHECK(to_micros(clock.now()) == 2100);
  clock.set(from_micros(50));
  CHECK(to_micros(clock.now()) == 50);
}

TEST_CASE("the system's clock tells the wall's time") {
  const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const Timestamp told = SystemClock{}.now();
  // A wall clock may be set between two readings, but hardly by a day.
  CHECK(told > before - 24h);
  CHECK(told < before + 24h);
}

}  // namespace
}  // namespace orderflow::core
