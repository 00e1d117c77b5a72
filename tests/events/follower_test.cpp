// A module that follows the log by itself: its position is the cursor of its subscription.
#include "events/delivery/follower.hpp"
#include "events/operations/retention.hpp"
#include "probe.hpp"
#include "support/operator.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view follower_name = "probe.follow";

struct Reading final : Follower {
  void start(Seq cursor) noexcept override { position = cursor; }
  Seq finished_to() const noexcept override { return position; }
  bool is_held() const noexcept override { return waits; }
  std::int64_t handled() const noexcept override { return done; }
  void set_paused(bool paused) noexcept override { is_paused = paused; }

  Seq position;
  std::int64_t done = 0;
  bool waits = false;
  bool is_paused = false;
};

ProbeModule::Install subscription_of(Reading& reading) {
  return [&reading](host::Host& host) {
    host.subscribe(FollowerSubscription{.name = std::string(follower_name),
                                        .module = {},
                                        .kinds = {std::string(Ticked::kind)},
                                        .follower = &reading});
  };
}

std::int64_t kept_cursor(Probe& probe) {
  return probe.harness.status(follower_name).record.cursor.value();
}

TEST_CASE("a follower that is new starts at the end of the log, and then where it was") {
  Reading reading;
  Probe probe(subscription_of(reading));
  CHECK(reading.position == Seq{0});
  for (int n = 0; n < 2000; ++n)
    probe.tick("a", n);
  reading.position = Seq{1500};
  probe.tick("a", 1);
  CHECK(kept_cursor(probe) == 1500);
  CHECK(probe.harness.status(follower_name).finished_to == Seq{1500});
  CHECK(probe.harness.status(follower_name).kinds ==
        std::vector<std::string>{std::string(Ticked::kind)});
  reading.position = Seq{0};
  probe.harness.restart();
  CHECK(reading.position == Seq{1500});
}

TEST_CASE("a follower reports by itself how far it is, and whether it waits for others") {
  Reading reading;
  Probe probe(subscription_of(reading));
  probe.tick("a", 1);
  probe.tick("a", 2);
  CHECK_FALSE(probe.harness.status(follower_name).gate_closed);
  reading.position = Seq{1};
  reading.waits = true;
  CHECK(probe.harness.status(follower_name).gate_closed);
  CHECK(probe.harness.status(follower_name).finished_to == Seq{1});
}

TEST_CASE("what a follower has done is counted over restarts, and shown as a rate") {
  Reading reading;
  Probe probe(subscription_of(reading));
  probe.tick("a", 1);
  CHECK(probe.harness.node().dispatcher().rate(follower_name) == 0);
  reading.done = 30;
  probe.harness.advance(10s);
  probe.tick("a", 2);
  CHECK(probe.harness.status(follower_name).record.handled == 30);
  CHECK(probe.harness.node().dispatcher().rate(follower_name) > 0);
  // What is written for another reason takes it along.
  test::Operator ada(probe.harness);
  REQUIRE(ada.pause(std::string(follower_name)).has_value());
  reading.done = 0;
  probe.harness.restart();
  reading.done = 5;
  CHECK(probe.harness.status(follower_name).record.handled == 35);
}

TEST_CASE("a follower that goes back holds what it will read again") {
  Reading reading;
  Probe probe(subscription_of(reading));
  for (int n = 0; n < 1500; ++n)
    probe.tick("a", n);
  reading.position = Seq{1400};
  probe.tick("a", 1);
  reading.position = Seq{1390};
  probe.tick("a", 2);
  CHECK(kept_cursor(probe) == 1390);
}

TEST_CASE("what a follower has not settled is kept, and the rest is removed by age") {
  Reading reading;
  host::NodeOptions options;
  options.retention.keep = 1h;
  Probe probe(subscription_of(reading), std::move(options));
  for (int n = 0; n < 1100; ++n)
    probe.tick("a", n);
  reading.position = Seq{1050};
  probe.tick("a", 1);
  probe.harness.advance(2h);
  probe.harness.restart();
  probe.harness.run_to_the_end(1min);
  CHECK(probe.harness.log().front()->meta().seq == Seq{1051});
}

TEST_CASE("a follower is notified when it is paused, and at the start if it is") {
  Reading reading;
  Probe probe(subscription_of(reading));
  test::Operator ada(probe.harness);
  REQUIRE(ada.pause(std::string(follower_name)).has_value());
  CHECK(reading.is_paused);
  reading.is_paused = false;
  probe.harness.restart();
  CHECK(reading.is_paused);
  REQUIRE(ada.pause(std::string(follower_name), false).has_value());
  CHECK_FALSE(reading.is_paused);
}

TEST_CASE("a follower that is far behind slows no writes") {
  Reading reading;
  Probe probe(subscription_of(reading), {.backlog_max = 10});
  for (int n = 0; n < 100; ++n)
    probe.tick("a", n);
  CHECK(probe.harness.node().dispatcher().admit(256) == 256);
}

}  // namespace
}  // namespace orderflow::events
