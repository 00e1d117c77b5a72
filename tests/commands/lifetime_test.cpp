#include "commands/client/lifetime.hpp"

#include <doctest/doctest.h>

namespace orderflow::commands {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a length of time is a whole number and a unit") {
  CHECK(parse_lifetime("90d") == 24h * 90);
  CHECK(parse_lifetime("12h") == 12h);
  CHECK(parse_lifetime("5m") == 5min);
  CHECK(parse_lifetime("0s") == 0s);
  for (const char* text : {"", "d", "90", "-1d", "+1d", "1.5h", "1 d", "90D", "99999999999999999d",
                           "9223372036854775807s", "1w"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_lifetime(text));
  }
}

}  // namespace
}  // namespace orderflow::commands
