#include "operator.hpp"
#include "retained.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

const std::string applier = "probe.apply";

/// Applies ticks; those of the key "bad" die.
ProbeModule::Install applying_probe() {
  return [](host::Host& host) {
    TransactionalSubscription handler;
    handler.name = applier;
    handler.kinds = {std::string(Ticked::kind)};
    handler.retry.attempts_max = 1;
    handler.handle = [](const Event& event, Turn& turn) {
      if (event.meta().key == "bad") throw std::runtime_error("refused");
      apply(event, turn);
    };
    host.subscribe(std::move(handler));
  };
}

TEST_CASE("events past their time are removed, and no position is given twice") {
  Probe probe(applying_probe(), keeping(24h));
  for (int n = 1; n <= 1'200; ++n)
    probe.tick("a", n);
  probe.harness.run_until_idle();
  scan(probe.harness);
  CHECK(positions(probe.harness).size() == 1'200);
  probe.harness.advance(25h);
  scan(probe.harness);
  CHECK(positions(probe.harness).empty());
  CHECK(probe.applied().size() == 1'200);

  probe.harness.restart();
  probe.tick("a", 1'201);
  probe.harness.run_until_idle();
  CHECK(positions(probe.harness) == Lines{"1201"});
  CHECK(probe.applied().back() == "a:1201");
}

TEST_CASE("an event that a subscription has not passed stays, however old it is") {
  Probe probe(applying_probe(), keeping(1h));
  Operator operator_(probe.harness);
  CHECK(operator_.pause(applier).has_value());
  probe.tick("a", 1);
  probe.harness.advance(48h);
  scan(probe.harness);
  CHECK(positions(probe.harness) == Lines{"1"});
  CHECK(operator_.pause(applier, false).has_value());
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"a:1"});
}

TEST_CASE("a dead letter keeps its event, and can be replayed and inspected long after") {
  Probe probe(applying_probe(), keeping(1h));
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  probe.tick("good", 3);
  probe.harness.run_until_idle();
  probe.harness.advance(48h);
  scan(probe.harness);
  CHECK(positions(probe.harness) == Lines{"1", "2"});
  Operator operator_(probe.harness);
  CHECK(operator_.discard(applier, 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(operator_.discard(applier, 2).has_value());
  scan(probe.harness);
  CHECK(positions(probe.harness).empty());
  CHECK(probe.harness.rows("event", "SELECT * FROM event_attempt").empty());
}

TEST_CASE("what retention has removed does not slow who reads from the start of the log") {
  Probe probe(applying_probe(), keeping(1h));
  probe.harness.write("probe", [](Turn& turn) {
    for (int n = 0; n < 30'000; ++n)
      turn.publish("a", Ticked{n});
  });
  probe.harness.run_until_idle();
  probe.harness.advance(48h);
  scan(probe.harness);
  probe.tick("a", 1);
  const auto page =
      probe.harness.node().services().readers.read(event_owner, [&](storage::Session session) {
        return probe.harness.node().services().log.page(session, Seq{0}, {}, 10);
      });
  REQUIRE(page.events.size() == 1);
  CHECK(page.events.front()->meta().seq == Seq{30'001});
  CHECK(page.end);
}

TEST_CASE("without a limit nothing is removed") {
  Probe probe(applying_probe());
  probe.tick("a", 1);
  probe.harness.advance(10'000h);
  scan(probe.harness);
  CHECK(positions(probe.harness) == Lines{"1"});
}

TEST_CASE("new writes get less room as the flow falls behind, and never none") {
  host::NodeOptions options;
  options.backlog_max = 1'000;
  Probe probe(applying_probe(), options);
  const auto admitted = [&] { return probe.harness.node().dispatcher().admit(100); };
  CHECK(admitted() == 100);
  // They are written in one batch, which takes a bounded number of them at once.
  const auto fall_behind = [&](int events) {
    probe.harness.write("probe", [&](Turn& turn) {
      for (int n = 0; n < events; ++n)
        turn.publish("a", Ticked{n});
    });
  };
  fall_behind(1'000);
  CHECK(admitted() < 100);
  CHECK(admitted() > 1);
  fall_behind(1'500);
  CHECK(admitted() == 1);
  probe.harness.run_until_idle();
  CHECK(admitted() == 100);
}

}  // namespace
}  // namespace orderflow::events
