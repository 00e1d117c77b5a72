// What an endpoint wants, place by place.
#include "endpoint/wishes.hpp"

#include <doctest/doctest.h>

namespace orderflow::webhooks {
namespace {

using events::Seq;

TEST_CASE("an endpoint wants of each stretch of the log what it wanted then") {
  Wishes wishes{.kinds = {"a"}};
  wishes.end_stretch(Seq{10}, Seq{20}, Kinds{"a"});
  wishes.kinds = {"b"};
  wishes.end_stretch(Seq{10}, Seq{30}, Kinds{"b"});
  wishes.end_stretch(Seq{10}, Seq{40}, std::nullopt);
  wishes.kinds = {};
  CHECK(wishes.wants("a", Seq{20}));
  CHECK_FALSE(wishes.wants("b", Seq{20}));
  CHECK(wishes.wants("b", Seq{21}));
  CHECK_FALSE(wishes.wants("a", Seq{21}));
  CHECK_FALSE(wishes.wants("b", Seq{40}));
  CHECK(wishes.wants("c", Seq{41}));
  wishes.forget_to(Seq{30});
  CHECK(wishes.earlier.size() == 1);
}

TEST_CASE("what it has passed leaves no stretch") {
  Wishes wishes{.kinds = {"a"}};
  wishes.end_stretch(Seq{20}, Seq{20}, Kinds{"a"});
  CHECK(wishes.earlier.empty());
  wishes.end_stretch(Seq{20}, Seq{25}, Kinds{"a"});
  wishes.end_stretch(Seq{26}, Seq{30}, std::nullopt);
  REQUIRE(wishes.earlier.size() == 1);
  CHECK(wishes.earlier[0].upto == Seq{30});
}

TEST_CASE("stretches are bounded, and what was asked for is not missed for it") {
  Wishes wishes;
  for (int n = 1; n <= 40; ++n)
    wishes.end_stretch(Seq{0}, Seq{n}, n % 2 == 0 ? std::optional(Kinds{"a"}) : std::nullopt);
  CHECK(wishes.earlier.size() == Wishes::earlier_max);
  CHECK(wishes.wants("a", Seq{2}));
  CHECK(wishes.wants("a", Seq{40}));
  CHECK_FALSE(wishes.wants("a", Seq{39}));
}

}  // namespace
}  // namespace orderflow::webhooks
