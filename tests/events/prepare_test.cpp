#include "probe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// An effect that writes its intention down before it asks the world.
struct Preparing {
  std::function<bool(const Event&, Turn&)> prepare;
  Lines performed{};
  std::function<std::vector<std::string>()> seen_by_others{};  ///< what is committed at that moment
  Lines committed_when_performed{};

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      EffectSubscription effect;
      effect.name = "probe.effect";
      effect.kinds = {std::string(Ticked::kind)};
      effect.retry = {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = 3};
      effect.prepare = [this](const Event& event, const EffectContext&, Turn& turn) {
        return prepare(event, turn);
      };
      effect.perform = [this](
                           const Event& event,
                           const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
        performed.push_back(event.meta().key + "#" + std::to_string(context.attempt));
        if (seen_by_others) committed_when_performed = seen_by_others();
        co_return AttemptResult::success();
      };
      host.subscribe(std::move(effect));
    };
  }
};

TEST_CASE("what an effect prepares is committed before its attempt starts") {
  Preparing scene{.prepare = [](const Event& event, Turn& turn) {
    apply(event, turn);
    return true;
  }};
  Probe probe(scene.install());
  scene.seen_by_others = [&] { return probe.applied(); };
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(scene.performed == Lines{"a#1"});
  CHECK(scene.committed_when_performed == Lines{"a:1"});
}

TEST_CASE("an effect that finds nothing to do is done without an attempt") {
  Preparing scene{.prepare = [](const Event& event, Turn& turn) {
    turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
    return event.as<Ticked>().n % 2 == 0;
  }};
  Probe probe(scene.install());
  for (int n = 1; n <= 4; ++n)
    probe.tick("a", n);
  probe.harness.run_until_idle();
  CHECK(scene.performed.size() == 2);
  CHECK(probe.harness.published<Tocked>().size() == 4);
  CHECK(probe.harness.status("probe.effect").record.handled == 4);
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
}

TEST_CASE("a preparation that throws is undone, and is a failed attempt that is tried again") {
  int calls = 0;
  Preparing scene{.prepare = [&](const Event& event, Turn& turn) {
    apply(event, turn);
    if (++calls == 1) throw std::runtime_error("not yet");
    return true;
  }};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.tick("a", 2);
  probe.harness.run_until_idle();
  CHECK(scene.performed.empty());
  CHECK(probe.applied().empty());
  CHECK(probe.harness.status("probe.effect").record.parked == 1);
  probe.harness.run_to_the_end();
  CHECK(scene.performed == Lines{"a#2", "a#1"});
  CHECK(probe.applied() == Lines{"a:1", "a:2"});
}

TEST_CASE("of attempts that are prepared together one that throws is tried again alone") {
  std::vector<int> prepared;
  Preparing scene{.prepare = [&](const Event& event, Turn& turn) {
    const int n = event.as<Ticked>().n;
    prepared.push_back(n);
    apply(event, turn);
    turn.publish(event.meta().key, Tocked{n});
    if (n == 3 && std::ranges::count(prepared, 3) < 3) throw std::runtime_error("not yet");
    return n != 2;
  }};
  Probe probe(scene.install());
  probe.harness.write("probe", [](Turn& turn) {
    for (const int n : {1, 2, 3, 4})
      turn.publish("key-" + std::to_string(n), Ticked{n});
  });
  probe.harness.run_until_idle();
  // Once together, up to the one that throws, and then each alone.
  CHECK(prepared == std::vector{1, 2, 3, 1, 2, 3, 4});
  CHECK(scene.performed == Lines{"key-1#1", "key-4#1"});
  CHECK(probe.applied() == Lines{"key-1:1", "key-2:2", "key-4:4"});
  CHECK(probe.harness.published<Tocked>().size() == 3);
  probe.harness.run_to_the_end();
  CHECK(scene.performed == Lines{"key-1#1", "key-4#1", "key-3#2"});
  CHECK(probe.harness.status("probe.effect").record.handled == 4);
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
}

TEST_CASE("a preparation that can never succeed is dead at once") {
  Preparing scene{.prepare = [](const Event&, Turn&) -> bool {
    throw PermanentFailure("there is no payment");
  }};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.harness.run_to_the_end();
  CHECK(probe.harness.status("probe.effect").record.dead == 1);
  CHECK(probe.harness.status("probe.effect").record.failed == 1);
  CHECK(scene.performed.empty());
}

TEST_CASE(
    "a callback after the commit comes when the turn is on disk, and never when it is undone") {
  Lines called;
  Probe probe([&](host::Host& host) {
    TransactionalSubscription handler;
    handler.name = "probe.handler";
    handler.kinds = {std::string(Ticked::kind)};
    handler.retry.attempts_max = 1;
    handler.handle = [&](const Event& event, Turn& turn) {
      apply(event, turn);
      turn.after_commit([&, key = event.meta().key] {
        called.push_back(key + " sees " + std::to_string(probe.applied().size()));
      });
      if (event.meta().key == "bad") throw std::runtime_error("refused");
    };
    host.subscribe(std::move(handler));
  });
  probe.tick("bad", 1);
  probe.tick("good", 2);
  probe.harness.run_until_idle();
  CHECK(called == Lines{"good sees 1"});
}

}  // namespace
}  // namespace orderflow::events
