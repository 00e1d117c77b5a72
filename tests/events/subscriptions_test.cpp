#include "operator.hpp"
#include "sums.hpp"
#include "support/forked.hpp"

#include "core/random.hpp"
#include "events/delivery/rate_meter.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

const std::string subscribed = "probe.apply";

ProbeModule::Install applying_and_counting() {
  return [](host::Host& host) {
    TransactionalSubscription handler;
    handler.name = subscribed;
    handler.kinds = {std::string(Ticked::kind)};
    handler.handle = apply;
    host.subscribe(std::move(handler));
  };
}

TEST_CASE(
    "a paused subscription takes nothing, also after a restart, and then continues in order") {
  Probe probe(applying_and_counting());
  Operator operator_(probe.harness);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(operator_.pause(subscribed).has_value());
  probe.tick("a", 2);
  probe.harness.restart();
  probe.tick("a", 3);
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:1"});
  CHECK(probe.harness.status(subscribed).record.paused);
  CHECK(operator_.pause(subscribed, false).has_value());
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"a:1", "a:2", "a:3"});
  CHECK(probe.harness.rows("event", "SELECT action FROM event_audit") == Lines{"pause", "resume"});
  CHECK(operator_.pause("probe.none").error().reason == Refusal::Reason::no_such_subscription);
}

TEST_CASE("a paused effect ends what is in flight and starts nothing") {
  int started = 0;
  Probe probe([&](host::Host& host) {
    EffectSubscription effect;
    effect.name = "probe.effect";
    effect.kinds = {std::string(Ticked::kind)};
    effect.perform = [&](const Event& event,
                         const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
      ++started;
      co_await sleep_until(*context.timers, host.clock().now() + 10s);
      co_return AttemptResult::success([&event](Turn& turn) { apply(event, turn); });
    };
    host.subscribe(std::move(effect));
  });
  Operator operator_(probe.harness);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(operator_.pause("probe.effect").has_value());
  probe.tick("b", 2);
  probe.harness.run_to_the_end();
  CHECK(started == 1);
  CHECK(probe.applied() == Lines{"a:1"});
  CHECK(operator_.pause("probe.effect", false).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:1", "b:2"});
}

TEST_CASE("a rebuild makes a projection again from the log and removes the old rows") {
  Sums scene;
  SumsHarness probe(scene);
  Operator operator_(probe.harness);
  for (int n = 1; n <= 2'000; ++n)
    probe.tick("key-" + std::to_string(n % 10), n);
  probe.harness.run_until_idle();
  const Lines right = sums(probe.harness);
  // Something that the handler did not do.
  probe.harness.write("probe", [](Turn& turn) { turn.db().execute("UPDATE probe_sum SET n = 0"); });
  REQUIRE(sums(probe.harness) != right);

  CHECK(operator_.rebuild("probe.sums").has_value());
  CHECK(operator_.rebuild("probe.sums").error().reason == Refusal::Reason::not_possible);
  probe.harness.run_until_idle();
  CHECK(sums(probe.harness) == right);
  CHECK(probe.harness.rows("probe", "SELECT DISTINCT generation FROM probe_sum") == Lines{"1"});
  CHECK(probe.harness.rows("event", "SELECT name, generation FROM event_subscription") ==
        Lines{"probe.sums|1"});
  CHECK(probe.harness.rows("event", "SELECT * FROM event_rebuild").empty());
  probe.tick("key-1", 5);
  CHECK(operator_.rebuild("probe.sums").has_value());
  probe.harness.run_until_idle();
  CHECK(probe.harness.rows("probe", "SELECT DISTINCT generation FROM probe_sum") == Lines{"2"});
}

TEST_CASE("a rebuild continues while events keep coming and the node is stopped again and again") {
  Sums scene;
  SumsHarness probe(scene);
  Operator operator_(probe.harness);
  core::SeededRandom random(7);
  std::map<std::string, int> expected;
  const auto tick = [&] {
    const std::string key = "key-" + std::to_string(random.below(20));
    const int n = static_cast<int>(random.below(100));
    probe.tick(key, n);
    expected[key] += n;
  };
  for (int n = 0; n < 1'500; ++n)
    tick();
  CHECK(operator_.rebuild("probe.sums").has_value());
  for (int n = 0; n < 60; ++n) {
    tick();
    if (random.below(3) == 0) probe.harness.node().writer().step();
    if (random.below(4) == 0) probe.harness.restart();
  }
  probe.harness.run_until_idle();
  Lines right;
  for (const auto& [key, sum] : expected)
    right.push_back(key + "=" + std::to_string(sum));
  CHECK(sums(probe.harness) == right);
  CHECK(probe.harness.rows("event", "SELECT generation FROM event_subscription") == Lines{"1"});
}

TEST_CASE("what was dead in the old projection is handled again by a rebuild, and applied once") {
  Sums scene{.refuse = true};
  SumsHarness probe(scene);
  Operator operator_(probe.harness);
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  probe.tick("good", 3);
  probe.harness.run_to_the_end();
  REQUIRE(probe.harness.status("probe.sums").record.dead == 1);
  REQUIRE(probe.harness.status("probe.sums").record.parked == 1);

  SUBCASE("and succeeds") {
    scene.refuse = false;
    CHECK(operator_.rebuild("probe.sums").has_value());
    probe.harness.run_to_the_end();
    CHECK(sums(probe.harness) == Lines{"bad=3", "good=3"});
    CHECK(probe.harness.status("probe.sums").record.rows() == 0);
  }
  SUBCASE("and dies again, as the subscription's own") {
    CHECK(operator_.rebuild("probe.sums").has_value());
    probe.harness.run_to_the_end();
    CHECK(sums(probe.harness) == Lines{"good=3"});
    CHECK(probe.harness.status("probe.sums").record.dead == 1);
    CHECK(probe.harness.status("probe.sums").record.parked == 1);
    scene.refuse = false;
    CHECK(operator_.replay("probe.sums", 1).has_value());
    probe.harness.run_to_the_end();
    CHECK(sums(probe.harness) == Lines{"bad=3", "good=3"});
  }
}

TEST_CASE("a subscription that is no projection cannot be rebuilt") {
  Probe probe(applying_and_counting());
  Operator operator_(probe.harness);
  const auto refused = operator_.rebuild(subscribed);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().detail == "probe.apply is not a projection: it cannot be rebuilt.");
}

TEST_CASE("a rate is that of the last minute") {
  RateMeter meter;
  core::Timestamp now = core::from_micros(1'000'000'000);
  meter.sample(now, 0);
  for (int second = 1; second <= 120; ++second) {
    now += 1s;
    meter.sample(now, 10 * second);
  }
  CHECK(meter.a_second(now) == doctest::Approx(10).epsilon(0.05));
  CHECK(meter.a_second(now + 10min) == 0);
  meter.sample(now - 1h, 1'300);
  CHECK(meter.a_second(now - 1h) == 0);
}

TEST_CASE("what is subscribed when the cursors are read already ends the process") {
  Probe probe([](host::Host&) {});
  const test::Ended ended = test::in_child(
      [&] { probe.harness.node().dispatcher().observe([](const EventList&, Seq) {}); });
  CHECK(ended.is_aborted());
  CHECK(ended.printed.starts_with("broken invariant: the event core gets a subscription"));
}

}  // namespace
}  // namespace orderflow::events
