// Identifiers: made, written as text, and those that follow from their cause.
#include "core/id_source.hpp"
#include "events/log/deterministic_id.hpp"

#include <benchmark/benchmark.h>

using namespace orderflow;

namespace {

void new_id(benchmark::State& state) {
  const core::SystemClock clock;
  core::IdSource ids(clock, std::make_unique<core::SeededRandom>(1));
  for (auto _ : state)
    benchmark::DoNotOptimize(ids.next());
}
BENCHMARK(new_id);

void id_as_text(benchmark::State& state) {
  const core::Uuid id = core::make_uuid_v7(1'795'373'337'626, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  for (auto _ : state)
    benchmark::DoNotOptimize(id.to_string());
}
BENCHMARK(id_as_text);

void id_from_text(benchmark::State& state) {
  const std::string text = core::make_uuid_v7(1'795'373'337'626, {1, 2, 3}).to_string();
  for (auto _ : state)
    benchmark::DoNotOptimize(core::Uuid::parse(text));
}
BENCHMARK(id_from_text);

void id_that_follows_from_its_cause(benchmark::State& state) {
  const core::Uuid cause = core::make_uuid_v7(1'795'373'337'626, {1, 2, 3});
  for (auto _ : state)
    benchmark::DoNotOptimize(events::deterministic_id(cause, "billing.assess", "id", 0));
}
BENCHMARK(id_that_follows_from_its_cause);

}  // namespace
