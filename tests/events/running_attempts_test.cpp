#include "events/effects/running_attempts.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

TEST_CASE("an attempt holds its slot until it ends, also when its deadline has passed") {
  RunningAttempts running;
  running.begin(Seq{1}, 10s);
  running.begin(Seq{2}, 5s);
  CHECK(running.in_flight() == 2);
  CHECK(running.next_deadline() == core::Duration{5s});
  CHECK(running.expire(4s) == std::nullopt);
  CHECK(running.expire(5s) == Seq{2});
  CHECK(running.in_flight() == 1);
  CHECK(running.overdue() == 1);
  CHECK(running.slots_held() == 2);
  running.end_overdue();
  running.end(Seq{1}, 10s, 1s);
  CHECK(running.slots_held() == 0);
  CHECK(running.next_deadline() == std::nullopt);
}

TEST_CASE("what an attempt usually takes follows those that have ended slowly") {
  RunningAttempts running;
  running.begin(Seq{1}, 10s);
  running.end(Seq{1}, 10s, 16ms);
  CHECK(running.usual_duration() == core::Duration{1ms});
}

}  // namespace
}  // namespace orderflow::events
