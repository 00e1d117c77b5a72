#include "events/log/log_incarnations.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::events {
namespace {

const std::string first = "00000000000000aa";
const std::string second = "00000000000000bb";
const std::string third = "00000000000000cc";

TEST_CASE("a position is a number, alone or behind the incarnation that it is of") {
  const auto plain = parse_position("42");
  REQUIRE(plain.has_value());
  CHECK(plain->incarnation.empty());
  CHECK(plain->position == Seq{42});
  const auto named = parse_position(first + ".42");
  REQUIRE(named.has_value());
  CHECK(named->incarnation == first);
  CHECK(named->position == Seq{42});
  for (const char* text : {"", "-1", "+1", "1 ", "x", "1.2", ".1", "00000000000000aa.",
                           "00000000000000AA.1", "00000000000000aa.1.2", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_position(text).has_value());
  }
}

TEST_CASE("a reader whose position is one of the log continues there") {
  const LogIncarnations incarnations({{first, 0}, {second, 60}});
  CHECK(incarnations.id() == second);
  CHECK_FALSE(incarnations.begin_instead({"", Seq{0}}, Seq{75}).has_value());
  CHECK_FALSE(incarnations.begin_instead({"", Seq{75}}, Seq{75}).has_value());
  CHECK_FALSE(incarnations.begin_instead({second, Seq{75}}, Seq{75}).has_value());
}

TEST_CASE("a reader whose position is not one of the log begins where it has had nothing else") {
  const LogIncarnations incarnations({{first, 0}, {second, 60}, {third, 100}});
  SUBCASE("beyond the end: where this incarnation began") {
    CHECK(incarnations.begin_instead({"", Seq{121}}, Seq{120}) == Seq{100});
    CHECK(incarnations.begin_instead({third, Seq{121}}, Seq{120}) == Seq{100});
  }
  SUBCASE("of the incarnation before: what the incarnations share") {
    CHECK(incarnations.begin_instead({second, Seq{90}}, Seq{120}) == Seq{90});
    CHECK(incarnations.begin_instead({second, Seq{110}}, Seq{120}) == Seq{100});
  }
  SUBCASE("of an earlier incarnation: what they all share") {
    CHECK(incarnations.begin_instead({first, Seq{50}}, Seq{120}) == Seq{50});
    CHECK(incarnations.begin_instead({first, Seq{110}}, Seq{120}) == Seq{60});
  }
  SUBCASE("of another log: at its begin") {
    CHECK(incarnations.begin_instead({"00000000000000dd", Seq{1}}, Seq{120}) == Seq{0});
  }
}

}  // namespace
}  // namespace orderflow::events
