// A clock that was wrong, and is set right: what was planned by it comes all the same.
#include "probe.hpp"

#include "events/delivery/timers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// A handler that fails as long as a test wants it, and an effect that never ends in its time.
struct JumpScene {
  bool fails = true;

  ProbeModule::Install handler() {
    return [this](host::Host& host) {
      host.subscribe(TransactionalSubscription{
          .name = "probe.apply",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .handle =
              [this](const Event& event, Turn& turn) {
                if (fails) throw std::runtime_error("not now");
                apply(event, turn);
              },
          .retry = {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = 5},
          .order = OrderPolicy::park});
    };
  }

  static ProbeModule::Install effect(core::Duration takes, std::optional<core::Duration> rest) {
    return [takes, rest](host::Host& host) {
      const core::Clock& clock = host.clock();
      host.subscribe(EffectSubscription{
          .name = "probe.effect",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .perform = [takes, rest, &clock](const Event&, const EffectContext& context)
              -> boost::asio::awaitable<AttemptResult> {
            const core::Timestamp until = clock.now() + takes;
            if (takes > 0s) co_await sleep_until(*context.timers, until);
            std::optional<core::Timestamp> not_before;
            if (rest) not_before = clock.now() + *rest;
            co_return AttemptResult::failure("try later", {}, not_before);
          },
          .retry = {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = 5},
          .deadline = 30s,
          .concurrency = 1});
    };
  }
};

void look_again(test::ModuleHarness& harness) {
  harness.write(event_owner,
                [&](Turn& turn) { harness.node().dispatcher().scan(turn.db().connection()); });
  harness.run_until_idle();
}

TEST_CASE(
    "a retry that was planned while the clock was ahead comes when the clock is right again") {
  JumpScene scene;
  Probe probe(scene.handler());
  probe.harness.clock.jump(1h);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  scene.fails = false;
  probe.harness.clock.jump(-1h);
  SUBCASE("the running node notices when it looks around") {
    look_again(probe.harness);
  }
  SUBCASE("a start notices") {
    probe.harness.restart();
    probe.harness.run_until_idle();
  }
  CHECK(probe.applied() == Lines{"a:1"});
}

TEST_CASE("a retry that is due within its policy's longest delay is left as it is") {
  JumpScene scene;
  Probe probe(scene.handler());
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  const auto due = [&] {
    return probe.harness.rows("event", "SELECT state, next_attempt_at FROM event_delivery");
  };
  const Lines planned = due();
  look_again(probe.harness);
  CHECK(due() == planned);
}

TEST_CASE(
    "a peer that asks for a longer pause than the policy ever gives gets it, by a correct clock") {
  Probe probe(JumpScene::effect(0s, 1h));
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  const auto attempts = [&] {
    return probe.harness.rows("event", "SELECT attempts FROM event_delivery").at(0);
  };
  probe.harness.advance(30min);
  look_again(probe.harness);
  CHECK(attempts() == "1");
  probe.harness.advance(30min);
  CHECK(attempts() == "2");
  probe.harness.clock.jump(-24h);
  look_again(probe.harness);
  CHECK(attempts() == "3");
}

TEST_CASE("the deadline of an attempt is counted in time that passes, whatever the clock shows") {
  Probe probe(JumpScene::effect(24h, std::nullopt));
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  probe.harness.clock.jump(1h);
  probe.harness.run_until_idle();
  CHECK(probe.harness.status("probe.effect").in_flight == 1);
  probe.harness.clock.jump(-2h);
  probe.harness.advance(30s);
  CHECK(probe.harness.status("probe.effect").overdue == 1);
}

TEST_CASE("a clock that jumps ahead makes no event older") {
  JumpScene scene{.fails = false};
  host::NodeOptions options;
  options.retention.keep = 24h;
  Probe probe(scene.handler(), options);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  probe.harness.clock.jump(24h * 365);
  probe.tick("a", 2);
  probe.harness.run_until_idle();
  look_again(probe.harness);
  probe.harness.run_to_the_end(1min);
  const auto count = [&] { return probe.harness.rows("event", "SELECT count(*) FROM event_log"); };
  CHECK(count() == Lines{"2"});
  probe.harness.advance(25h);
  look_again(probe.harness);
  probe.harness.run_to_the_end(1min);
  CHECK(count() == Lines{"1"});
}

TEST_CASE("one event from the future does not keep retention from those before and behind it") {
  JumpScene scene{.fails = false};
  host::NodeOptions options;
  options.retention.keep = 24h;
  Probe probe(scene.handler(), options);
  const auto positions = [&] {
    return probe.harness.rows("event", "SELECT seq FROM event_log ORDER BY seq");
  };
  probe.tick("a", 1);
  probe.harness.clock.jump(24h * 3650);
  // More than one step looks at.
  for (int n = 2; n <= 1'300; ++n)
    probe.tick("a", n);
  probe.harness.clock.jump(-24h * 3650);
  probe.tick("a", 1'301);
  probe.harness.run_until_idle();
  probe.harness.advance(25h);
  probe.harness.clock.jump(24h * 3650);
  probe.tick("a", 1'302);
  probe.harness.clock.jump(-24h * 3650);
  probe.harness.run_until_idle();
  look_again(probe.harness);
  probe.harness.run_to_the_end(1min);
  // Nothing behind the last one shows how old it is.
  CHECK(positions() == Lines{"1302"});
}

TEST_CASE("a step of retention that was planned while the clock was ahead does not hold it up") {
  JumpScene scene{.fails = false};
  host::NodeOptions options;
  options.retention.keep = 24h;
  Probe probe(scene.handler(), options);
  for (int n = 1; n <= 600; ++n)
    probe.tick("a", n);
  probe.harness.run_until_idle();
  probe.harness.clock.advance(50h);
  look_again(probe.harness);  // removes the first of them and plans the next step
  probe.harness.clock.jump(-1h);
  look_again(probe.harness);
  probe.harness.run_to_the_end(1min);
  CHECK(probe.harness.rows("event", "SELECT count(*) FROM event_log") == Lines{"0"});
}

}  // namespace
}  // namespace orderflow::events
