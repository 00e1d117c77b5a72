// A whole node on a virtual clock and a disk that fails, from seeds.
//
//   scripts/test --faults 10000                   runs that many seeds
//   ORDERFLOW_SEED=7 scripts/test --faults 1      runs one, and prints what happens in it
#include "faults/simulation/simulation.hpp"
#include "support/sanitized.hpp"
#include "support/temporary_folder.hpp"
#include "telemetry/log.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace orderflow::simulation {
namespace {

constexpr std::uint64_t seeds_by_default = test::sanitized ? 15 : 1'000;

std::optional<std::uint64_t> number_from(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  return std::stoull(text);
}

void print_row(const std::string& name, std::uint64_t value) {
  std::printf("%-38s %12llu\n", name.c_str(), static_cast<unsigned long long>(value));
}

void print_findings(const test::Findings& findings) {
  for (const char* kind :
       {"lost", "unexpected", "half there", "key forgotten", "charged twice", "paid back twice",
        "other books", "applied twice", "out of order", "wrong statistics", "doctor"}) {
    print_row(std::string("found ") + kind, findings.count(kind));
  }
}

void print_tally(const Tally& tally, const test::Findings& findings, std::uint64_t failed) {
  print_row("seeds that failed", failed);
  for (const TallyRow& row : tally_rows())
    print_row(row.title, tally.*row.count);
  for (std::size_t i = 0; i < fault_kinds; ++i) {
    const std::string name(to_string(static_cast<Fault>(i)));
    print_row("faults armed: " + name, tally.armed[i]);
    print_row("  that struck", tally.hits[i]);
  }
  print_findings(findings);
  std::fflush(stdout);
}

/// Nothing the node logs about the faults that it meets is of interest here.
void silence() {
  telemetry::configure_logs("off", telemetry::LogFormat::text);
}

}  // namespace

TEST_CASE("a node loses nothing and does nothing twice whatever fails below it") {
  silence();
  const test::TemporaryFolder folder;
  const auto only = number_from("ORDERFLOW_SEED");
  const std::uint64_t first = only.value_or(1);
  const std::uint64_t seeds = only ? 1 : number_from("ORDERFLOW_SEEDS").value_or(seeds_by_default);
  Tally tally;
  test::Findings all;
  std::uint64_t failed = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    CAPTURE(seed);
    const Result result = simulate(seed, folder.path());
    if (only) std::fputs(result.trace.c_str(), stdout);
    tally += result.tally;
    if (result.findings.empty()) continue;
    ++failed;
    all.add_all(result.findings);
    std::printf("seed %llu failed; replay it with ORDERFLOW_SEED=%llu scripts/test --faults 1\n%s",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed),
                result.findings.to_text().c_str());
    std::fflush(stdout);
  }
  print_tally(tally, all, failed);
  CHECK(failed == 0);
  if (only) return;
  CHECK(tally.acknowledged > 0);
  CHECK(tally.overtaken_looks > 0);
  CHECK(tally.waited_out > 0);
  CHECK(tally.given_up_answers > 0);
  CHECK(tally.keys_granted > 0);
  CHECK(tally.webhooks_awaited > 0);
  CHECK(tally.keys_refused_after_jump > 0);
}

TEST_CASE("a seed gives the same run, byte for byte") {
  silence();
  const test::TemporaryFolder folder;
  // The first run of a process makes what others find made.
  simulate(1, folder.path());
  for (std::uint64_t seed = 1; seed <= (test::sanitized ? 3U : 20U); ++seed) {
    CAPTURE(seed);
    const Result first = simulate(seed, folder.path());
    const Result second = simulate(seed, folder.path());
    CHECK(first.trace.size() > 1'000);
    CHECK(first.trace == second.trace);
  }
}

}  // namespace orderflow::simulation
