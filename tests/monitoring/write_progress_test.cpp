#include "monitoring/write_progress.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::monitoring {
namespace {

using namespace std::chrono_literals;

storage::WriterCounters counters_of(std::uint64_t batches, std::uint64_t waiting,
                                    std::uint64_t at_hand = 0) {
  return {.batches = batches,
          .writes = 0,
          .refused = 0,
          .throttled = 0,
          .waiting = waiting,
          .at_hand = at_hand};
}

TEST_CASE("writes stand still where some wait and none is committed for long") {
  WriteProgress progress;
  CHECK_FALSE(progress.stands_still(counters_of(7, 3), 100s));
  CHECK_FALSE(progress.stands_still(counters_of(7, 3), 104s));
  CHECK(progress.stands_still(counters_of(7, 9), 105s));
  CHECK(progress.stands_still(counters_of(7, 9), 200s));
  // A commit later they continue.
  CHECK_FALSE(progress.stands_still(counters_of(8, 9), 201s));
  CHECK_FALSE(progress.stands_still(counters_of(8, 9), 205s));
}

TEST_CASE("writes stand still where one batch is stuck, and nobody waits behind it") {
  WriteProgress progress;
  CHECK_FALSE(progress.stands_still(counters_of(7, 0, 1), 100s));
  CHECK(progress.stands_still(counters_of(7, 0, 1), 105s));
  CHECK_FALSE(progress.stands_still(counters_of(8, 0, 0), 106s));
}

TEST_CASE(
    "a writer that has nothing to do, or commits between any two looks, does not stand still") {
  WriteProgress progress;
  CHECK_FALSE(progress.stands_still(counters_of(7, 0), 0s));
  CHECK_FALSE(progress.stands_still(counters_of(7, 0), 1000s));
  CHECK_FALSE(progress.stands_still(counters_of(7, 1), 1001s));
  CHECK_FALSE(progress.stands_still(counters_of(8, 1), 1010s));
  CHECK_FALSE(progress.stands_still(counters_of(9, 1), 1020s));
}

}  // namespace
}  // namespace orderflow::monitoring
