// What an endpoint wants, position by position.
#include "endpoint/wanted_kinds.hpp"

#include <doctest/doctest.h>

namespace orderflow::webhooks {
namespace {

using events::Seq;

TEST_CASE("an endpoint wants of each stretch of the log what it wanted then") {
  WantedKinds wanted{.kinds = {"a"}};
  wanted.end_stretch(Seq{10}, Seq{20}, Kinds{"a"});
  wanted.kinds = {"b"};
  wanted.end_stretch(Seq{10}, Seq{30}, Kinds{"b"});
  wanted.end_stretch(Seq{10}, Seq{40}, std::nullopt);
  wanted.kinds = {};
  CHECK(wanted.wants("a", Seq{20}));
  CHECK_FALSE(wanted.wants("b", Seq{20}));
  CHECK(wanted.wants("b", Seq{21}));
  CHECK_FALSE(wanted.wants("a", Seq{21}));
  CHECK_FALSE(wanted.wants("b", Seq{40}));
  CHECK(wanted.wants("c", Seq{41}));
  wanted.forget_to(Seq{30});
  CHECK(wanted.earlier.size() == 1);
}

TEST_CASE("stretches that an endpoint has passed are dropped") {
  WantedKinds wanted{.kinds = {"a"}};
  wanted.end_stretch(Seq{20}, Seq{20}, Kinds{"a"});
  CHECK(wanted.earlier.empty());
  wanted.end_stretch(Seq{20}, Seq{25}, Kinds{"a"});
  wanted.end_stretch(Seq{26}, Seq{30}, std::nullopt);
  REQUIRE(wanted.earlier.size() == 1);
  CHECK(wanted.earlier[0].upto == Seq{30});
}

TEST_CASE("stretches are bounded, and what was asked for is not missed for it") {
  WantedKinds wanted;
  for (int n = 1; n <= 40; ++n)
    wanted.end_stretch(Seq{0}, Seq{n}, n % 2 == 0 ? std::optional(Kinds{"a"}) : std::nullopt);
  CHECK(wanted.earlier.size() == WantedKinds::earlier_max);
  CHECK(wanted.wants("a", Seq{2}));
  CHECK(wanted.wants("a", Seq{40}));
  CHECK_FALSE(wanted.wants("a", Seq{39}));
}

}  // namespace
}  // namespace orderflow::webhooks
