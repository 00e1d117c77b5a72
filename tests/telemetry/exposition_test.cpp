#include "telemetry/exposition.hpp"

#include "telemetry/process_metrics.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::telemetry {
namespace {

TEST_CASE("counters and gauges of one name are written together, with their labels") {
  Exposition exposition;
  exposition.counter("a_total", "What is counted.", 3, {{"kind", "x"}});
  exposition.gauge("b", "What is measured.", -1.5);
  exposition.counter("a_total", "What is counted.", 4, {{"kind", "a \"quoted\"\nname"}});
  CHECK(exposition.text() ==
        "# HELP a_total What is counted.\n"
        "# TYPE a_total counter\n"
        "a_total{kind=\"x\"} 3\n"
        "a_total{kind=\"a \\\"quoted\\\"\\nname\"} 4\n"
        "# HELP b What is measured.\n"
        "# TYPE b gauge\n"
        "b -1.5\n");
}

TEST_CASE("a histogram counts a value in the bucket whose bound it does not exceed") {
  static constexpr std::array<std::uint64_t, 2> bounds = {10, 100};
  Histogram histogram(bounds);
  for (const std::uint64_t value : {0U, 10U, 11U, 100U, 101U})
    histogram.observe(value);
  CHECK(histogram.snapshot().count() == 5);
  Exposition exposition;
  exposition.histogram("h", "Times.", histogram.snapshot(), 2, {{"k", "v"}});
  CHECK(exposition.text() ==
        "# HELP h Times.\n"
        "# TYPE h histogram\n"
        "h_count{k=\"v\"} 5\n"
        "h_sum{k=\"v\"} 111\n"
        "h_bucket{k=\"v\",le=\"5\"} 2\n"
        "h_bucket{k=\"v\",le=\"50\"} 4\n"
        "h_bucket{k=\"v\",le=\"+Inf\"} 5\n");
}

TEST_CASE("no observation is lost among threads") {
  Histogram histogram;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < 10'000; ++i)
        histogram.observe(i);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  CHECK(histogram.snapshot().count() == 40'000);
  CHECK(histogram.snapshot().sum == 4ULL * (9'999ULL * 10'000ULL / 2));
}

TEST_CASE("the process exports metrics of its own") {
  const ProcessMetrics metrics = process_metrics();
  CHECK(metrics.resident_bytes > 1'000'000);
  CHECK(metrics.open_files >= 3);
  CHECK(metrics.open_files_max >= metrics.open_files);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  CHECK(metrics.start_seconds > now - 3600);
  CHECK(metrics.start_seconds < now + 2);
}

}  // namespace
}  // namespace orderflow::telemetry
