// Rebuilds of projections under load, and over restarts that lose what they need.
#include "operator.hpp"
#include "sums.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using Lines = std::vector<std::string>;

bool is_rebuilding(test::ModuleHarness& harness) {
  return !harness.node().dispatcher().status().rebuilds.empty();
}

TEST_CASE("a rebuild ends while more is published in each commit than it takes at once") {
  Sums scene;
  SumsHarness probe(scene);
  Operator operator_(probe.harness);
  int published = 0;
  const auto publish = [&](int ticks, int tocks) {
    probe.harness.write("probe", [&](Turn& turn) {
      for (int n = 0; n < ticks; ++n)
        turn.publish("a", Ticked{1});
      for (int n = 0; n < tocks; ++n)
        turn.publish("a", Tocked{1});
    });
    published += ticks;
  };
  int ticks = 0;
  int tocks = 0;
  SUBCASE("all of it to be applied") {
    ticks = 3 * static_cast<int>(SubscriptionRunner::events_a_run);
  }
  SUBCASE("little of it to be applied") {
    ticks = 1;
    tocks = 2 * static_cast<int>(Feed::rows_scanned_a_take);
  }
  publish(4'000, 8'000);
  probe.harness.run_until_idle();
  REQUIRE(operator_.rebuild("probe.sums").has_value());
  int commits = 0;
  while (is_rebuilding(probe.harness) && ++commits < 50)
    publish(ticks, tocks);
  CHECK_FALSE(is_rebuilding(probe.harness));
  probe.harness.run_until_idle();
  CHECK(sums(probe.harness) == Lines{"a=" + std::to_string(published)});
  CHECK(probe.harness.rows("event", "SELECT name, generation FROM event_subscription") ==
        Lines{"probe.sums|1"});
}

TEST_CASE("a rebuild that resumes on a log with a hole is given up, and the old rows stay") {
  Sums scene;
  SumsHarness probe(scene);
  Operator operator_(probe.harness);
  for (int n = 0; n < 20; ++n)
    probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(operator_.pause("probe.sums").has_value());
  REQUIRE(operator_.rebuild("probe.sums").has_value());
  probe.tick("a", 1);
  REQUIRE(is_rebuilding(probe.harness));
  // As an older version did, which asked the hosted subscriptions alone.
  probe.harness.write("event", [](Turn& turn) {
    turn.db().execute("DELETE FROM event_log WHERE seq <= 10");
    turn.db().execute("UPDATE event_retention SET removed_to = 10, removed = 10");
  });
  probe.harness.restart();
  CHECK_FALSE(is_rebuilding(probe.harness));
  CHECK(operator_.pause("probe.sums", false).has_value());
  probe.harness.run_until_idle();
  CHECK(sums(probe.harness) == Lines{"a=21"});
  CHECK(probe.harness.rows("event", "SELECT name, generation FROM event_subscription") ==
        Lines{"probe.sums|0"});
  CHECK(probe.harness.rows("event", "SELECT * FROM event_rebuild").empty());
  CHECK(probe.harness.rows("event", "SELECT * FROM event_stale_generation").empty());
  CHECK(probe.harness.rows("probe", "SELECT DISTINCT generation FROM probe_sum") == Lines{"0"});
}

}  // namespace
}  // namespace orderflow::events
