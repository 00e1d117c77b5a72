#include "core/id_source.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace orderflow::core {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start = from_micros(1'700'000'000'000'000);

/// Always the largest number: an identifier's lowest bits run over at once.
class LargestRandom final : public Random {
 public:
  std::uint64_t next() override { return ~std::uint64_t{0}; }
};

TEST_CASE("identifiers carry the clock's time and are of version 7") {
  ManualClock clock{start};
  IdSource ids{clock, std::make_unique<SeededRandom>(1)};
  CHECK(ids.next().unix_ms() == 1'700'000'000'000);
  clock.advance(5ms);
  const Uuid id = ids.next();
  CHECK(id.unix_ms() == 1'700'000'000'005);
  CHECK((id.bytes[6] >> 4) == 7);
  CHECK((id.bytes[8] >> 6) == 2);
}

TEST_CASE("identifiers increase while the clock stands still") {
  ManualClock clock{start};
  IdSource ids{clock, std::make_unique<SeededRandom>(2)};
  Uuid last = ids.next();
  for (int i = 0; i < 100'000; ++i) {
    const Uuid next = ids.next();
    REQUIRE(last < next);
    last = next;
  }
  CHECK(last.unix_ms() == 1'700'000'000'000);
}

TEST_CASE("identifiers increase when the clock steps back, and follow it once it has caught up") {
  ManualClock clock{start};
  IdSource ids{clock, std::make_unique<SeededRandom>(3)};
  Uuid last = ids.next();
  clock.set(start - 1h);
  for (int i = 0; i < 1'000; ++i) {
    const Uuid next = ids.next();
    REQUIRE(last < next);
    CHECK(next.unix_ms() == 1'700'000'000'000);
    last = next;
    clock.advance(1ms);
  }
  clock.set(start + 1ms);
  const Uuid next = ids.next();
  CHECK(last < next);
  CHECK(next.unix_ms() == 1'700'000'000'001);
}

TEST_CASE("identifiers increase also where their lowest bits run over") {
  ManualClock clock{start};
  IdSource ids{clock, std::make_unique<LargestRandom>()};
  Uuid last = ids.next();
  for (int i = 0; i < 100'000; ++i) {
    const Uuid next = ids.next();
    REQUIRE(last < next);
    CHECK((next.bytes[6] >> 4) == 7);
    CHECK((next.bytes[8] >> 6) == 2);
    last = next;
  }
}

TEST_CASE("the same seed and clock give the same identifiers, another seed gives others") {
  const ManualClock clock{start};
  IdSource first{clock, std::make_unique<SeededRandom>(4)};
  IdSource same{clock, std::make_unique<SeededRandom>(4)};
  IdSource other{clock, std::make_unique<SeededRandom>(5)};
  const Uuid id = first.next();
  CHECK(id == same.next());
  CHECK(id != other.next());
}

}  // namespace
}  // namespace orderflow::core
