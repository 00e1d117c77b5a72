// What a stop leaves to the next start.
#include "probe.hpp"

#include "events/delivery/timers.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

TEST_CASE("what waited behind an effect that a stop let end is performed after the next start") {
  core::Duration takes = 10s;
  const core::Clock* clock = nullptr;
  Probe probe([&](host::Host& host) {
    clock = &host.clock();
    host.subscribe(EffectSubscription{
        .name = "probe.effect",
        .module = {},
        .kinds = {std::string(Ticked::kind)},
        .perform = [&](const Event& event,
                       const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
          if (event.meta().key == "slow") {
            const core::Timestamp until = clock->now() + takes;
            co_await sleep_until(*context.timers, until);
          }
          co_return AttemptResult::success([&event](Turn& turn) { apply(event, turn); });
        },
        .retry = {},
        .order = OrderPolicy::park});
  });
  probe.tick("slow", 1);
  probe.tick("slow", 2);
  probe.tick("quick", 3);  // settled first: the slow ones get rows
  probe.harness.run_until_idle();
  auto stopped = probe.harness.node().dispatcher().stop_effects();
  probe.harness.advance(10s);
  REQUIRE(stopped.wait_for(0s) == std::future_status::ready);
  CHECK(probe.applied() == Lines{"quick:3", "slow:1"});

  takes = 0s;
  probe.harness.restart();
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"quick:3", "slow:1", "slow:2"});
  CHECK(probe.harness.rows("event", "SELECT state FROM event_delivery").empty());
}

}  // namespace
}  // namespace orderflow::events
