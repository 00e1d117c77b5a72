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

TEST_CASE("a time of RFC 3339 is read with any offset and up to nine fraction digits") {
  const auto read = [](std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time ? to_rfc3339(*time) : "nothing";
  };
  CHECK(read("2026-03-01T12:30:00.123456Z") == "2026-03-01T12:30:00.123456Z");
  CHECK(read("2026-03-01t12:30:00z") == "2026-03-01T12:30:00.000000Z");
  CHECK(read("2026-03-01 12:30:00.5+02:00") == "2026-03-01T10:30:00.500000Z");
  CHECK(read("2026-03-01T23:30:00.123456789-01:30") == "2026-03-02T01:00:00.123456Z");
  CHECK(read("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000000Z");
  CHECK(read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000000Z");
  CHECK(read("1970-01-01T00:00:00Z") == "1970-01-01T00:00:00.000000Z");
  CHECK(read("9999-12-31T23:59:59.999999Z") == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("what is no time of RFC 3339 gives nothing") {
  for (const char* text :
       {"", "2026-03-01", "2026-03-01T12:30:00", "2026-02-29T12:30:00Z", "2026-13-01T12:30:00Z",
        "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:30:61Z",
        "2026-03-01T12:30:00.Z", "2026-03-01T12:30:00.1234567890Z", "2026-03-01T12:30:00+2:00",
        "2026-03-01T12:30:00Z ", "+026-03-01T12:30:00Z", "1969-12-31T23:59:59Z",
        "1970-01-01T00:30:00+01:00", "2026-03-01T12:30:00+24:00", "20260301T123000Z"}) {
    CAPTURE(text);
    CHECK(parse_rfc3339(text) == std::nullopt);
  }
}

TEST_CASE("microseconds become a time and come back") {
  CHECK(to_micros(from_micros(1'772'368'200'123'456)) == 1'772'368'200'123'456);
}

TEST_CASE("a manual clock moves only when it is set") {
  ManualClock clock{from_micros(100)};
  CHECK(to_micros(clock.now()) == 100);
  CHECK(to_micros(clock.now()) == 100);
  clock.advance(2ms);
  CHECK(to_micros(clock.now()) == 2100);
  clock.set(from_micros(50));
  CHECK(to_micros(clock.now()) == 50);
}

TEST_CASE("setting the clock lets no steady time pass") {
  ManualClock clock{from_micros(100)};
  const Duration before = clock.steady();
  clock.jump(-1h);
  clock.set(from_micros(50));
  CHECK(clock.steady() == before);
  clock.advance(1s);
  clock.advance_to(clock.now() + 2s);
  clock.advance_to(clock.now() - 5s);
  CHECK(clock.steady() == before + 3s);
}

TEST_CASE("the time that has passed by the system's clock never goes back") {
  const SystemClock clock;
  const Duration first = clock.steady();
  CHECK(clock.steady() >= first);
}

TEST_CASE("the system's clock shows the wall-clock time") {
  const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const Timestamp now = SystemClock{}.now();
  // A wall clock may be set between two readings, but hardly by a day.
  CHECK(now > before - 24h);
  CHECK(now < before + 24h);
}

}  // namespace
}  // namespace orderflow::core
