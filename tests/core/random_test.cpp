#include "core/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <limits>

namespace orderflow::core {
namespace {

/// Gives the numbers it was made with, in order.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::deque<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
  std::uint64_t next() override {
    const std::uint64_t number = numbers_.at(0);
    numbers_.pop_front();
    return number;
  }

 private:
  std::deque<std::uint64_t> numbers_;
};

TEST_CASE("a seed gives the published sequence of SplitMix64") {
  SeededRandom random{1234567};
  CHECK(random.next() == 6457827717110365317ULL);
  CHECK(random.next() == 3203168211198807973ULL);
  CHECK(random.next() == 9817491932198370423ULL);
}

TEST_CASE("the same seed gives the same sequence, another seed another one") {
  SeededRandom first{7};
  SeededRandom same{7};
  SeededRandom other{8};
  const std::uint64_t number = first.next();
  CHECK(number == same.next());
  CHECK(number != other.next());
}

TEST_CASE("a number below a bound is below it, and every one of them comes") {
  SeededRandom random{9};
  std::array<int, 6> counts{};
  for (int i = 0; i < 6000; ++i)
    ++counts.at(random.below(6));
  for (const int count : counts) {
    CHECK(count > 800);
    CHECK(count < 1200);
  }
}

TEST_CASE("there is one number below one, and below zero nothing is drawn") {
  SeededRandom random{10};
  CHECK(random.below(1) == 0);
  ScriptedRandom nothing{{}};
  CHECK(nothing.below(0) == 0);
}

TEST_CASE("numbers beyond the last whole multiple of the bound are drawn again") {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  ScriptedRandom random{{largest, largest - 1, 5}};
  CHECK(random.below(largest - 1) == 5);
}

TEST_CASE("two generators of the system differ") {
  CHECK(make_system_random()->next() != make_system_random()->next());
}

}  // namespace
}  // namespace orderflow::core
