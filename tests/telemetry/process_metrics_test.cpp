#include "telemetry/process_metrics.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::telemetry {
namespace {

TEST_CASE("the start of the process is the same each time, and lies in the past") {
  const double first = process_metrics().start_seconds;
  CHECK(process_metrics().start_seconds == first);
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  CHECK(first < now.count());
  // Where the system's start were not known it would lie in the seventies.
  CHECK(first > 1.7e9);
}

}  // namespace
}  // namespace orderflow::telemetry
