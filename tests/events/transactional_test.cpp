#include "probe.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// Fails for the keys in `failing`, with the given policy.
struct TransactionalScene {
  std::set<std::string> failing{};
  std::set<std::string> permanently{};
  OrderPolicy order = OrderPolicy::park;
  int attempts_max = 5;

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      host.subscribe(TransactionalSubscription{
          .name = "probe.apply",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .handle =
              [this](const Event& event, Turn& turn) {
                apply(event, turn);
                turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
                if (permanently.contains(event.meta().key)) throw PermanentFailure("never");
                if (failing.contains(event.meta().key)) throw std::runtime_error("not now");
              },
          .retry =
              {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = attempts_max},
          .order = order});
    };
  }
};

TEST_CASE(
    "memory that a turn changes is seen by later turns, and is as before where it is undone") {
  std::vector<int> memory;
  const auto change = [&](Turn& turn, int n) {
    turn.on_undo([&] { memory.pop_back(); });
    memory.push_back(n);
  };
  std::vector<std::size_t> seen;
  Probe probe([&](host::Host& host) {
    TransactionalSubscription handler;
    handler.name = "probe.remember";
    handler.kinds = {std::string(Ticked::kind)};
    handler.retry.attempts_max = 1;
    handler.handle = [&](const Event& event, Turn& turn) {
      seen.push_back(memory.size());
      change(turn, event.as<Ticked>().n);
      change(turn, event.as<Ticked>().n);
      if (event.meta().key == "bad") throw std::runtime_error("refused");
    };
    host.subscribe(std::move(handler));
  });
  probe.harness.write("probe", [&](Turn& turn) {
    change(turn, 1);
    turn.publish("good", Ticked{2});
    turn.publish("bad", Ticked{3});
    turn.publish("fine", Ticked{4});
  });
  probe.harness.run_until_idle();
  CHECK(memory == std::vector<int>{1, 2, 2, 4, 4});
  // All three together, until the second throws; then each by itself.
  CHECK(seen == std::vector<std::size_t>{1, 3, 1, 3, 3});
  CHECK_THROWS_AS(probe.harness.write("probe",
                                      [&](Turn& turn) {
                                        change(turn, 5);
                                        throw std::runtime_error("undone");
                                      }),
                  std::runtime_error);
  CHECK(memory == std::vector<int>{1, 2, 2, 4, 4});
}

TEST_CASE("a turn knows the last position of the log, its own events among them") {
  Probe probe([](host::Host&) {});
  probe.tick("a", 1);
  probe.harness.write("probe", [](Turn& turn) {
    CHECK(turn.newest() == Seq{1});
    turn.publish("a", Ticked{2});
    CHECK(turn.newest() == Seq{2});
  });
}

TEST_CASE("every event is applied once, in log order") {
  TransactionalScene scene;
  Probe probe(scene.install());
  for (int n = 1; n <= 5; ++n)
    probe.tick(n % 2 == 0 ? "a" : "b", n);
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"b:1", "a:2", "b:3", "a:4", "b:5"});
  CHECK(probe.harness.status("probe.apply").record.handled == 5);
  CHECK(probe.harness.published<Tocked>().size() == 5);
}

/// Hands a tick on as a tock, and writes down the tocks.
ProbeModule::Install handing_on() {
  return [](host::Host& host) {
    // The one that handles it last is listed first.
    host.subscribe(TransactionalSubscription{
        .name = "probe.tocks",
        .module = {},
        .kinds = {std::string(Tocked::kind)},
        .handle =
            [](const Event& event, Turn& turn) {
              turn.db().execute("INSERT INTO probe_applied(key, n) VALUES(?1, ?2)",
                                event.meta().key, event.as<Tocked>().n);
            },
        .retry = {},
        .order = OrderPolicy::park});
    host.subscribe(TransactionalSubscription{
        .name = "probe.ticks",
        .module = {},
        .kinds = {std::string(Ticked::kind)},
        .handle = [](const Event& event,
                     Turn& turn) { turn.publish(event.meta().key, Tocked{event.as<Ticked>().n}); },
        .retry = {},
        .order = OrderPolicy::park});
  };
}

TEST_CASE("an event and all that it causes are one commit") {
  Probe probe(handing_on());
  probe.harness.run_until_idle();
  const auto commits = probe.harness.node().writer().counters().batches;
  probe.tick("a", 1);
  CHECK(probe.applied() == Lines{"a:1"});
  probe.harness.run_until_idle();
  CHECK(probe.harness.node().writer().counters().batches == commits + 1);
  CHECK(probe.harness.status("probe.tocks").record.cursor == Seq{2});
}

TEST_CASE("of a flood one commit takes a part, and the next ones the rest in order") {
  Probe probe(handing_on());
  constexpr int flood = 1'000;
  probe.harness.write("probe", [](Turn& turn) {
    for (int n = 1; n <= flood; ++n)
      turn.publish("a", Ticked{n});
  });
  const auto at_once = static_cast<int>(probe.applied().size());
  CHECK(at_once > 0);
  CHECK(at_once < flood / 2);
  probe.harness.run_until_idle();
  Lines all;
  for (int n = 1; n <= flood; ++n)
    all.push_back("a:" + std::to_string(n));
  CHECK(probe.applied() == all);
}

TEST_CASE("one that is behind catches up although each commit adds more than a turn takes") {
  Probe probe(handing_on());
  const auto publish = [&](int count) {
    probe.harness.write("probe", [count](Turn& turn) {
      for (int n = 1; n <= count; ++n)
        turn.publish("a", Ticked{n});
    });
  };
  const auto waiting = [&] {
    return probe.harness.node().dispatcher().newest().value() -
           probe.harness.status("probe.ticks").position.value();
  };
  publish(3'000);
  const auto at_first = waiting();
  for (int commit = 0; commit < 8; ++commit)
    publish(600);
  CHECK(waiting() < at_first);
}

TEST_CASE("what a handler wrote and published before it threw is undone") {
  TransactionalScene scene{.failing = {"a"}};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(probe.applied().empty());
  CHECK(probe.harness.published<Tocked>().empty());
}

TEST_CASE("where an event fails among others, nothing is left of what these published with it") {
  TransactionalScene scene{.failing = {"bad"}};
  Probe probe(scene.install());
  probe.harness.write("probe", [](Turn& turn) {
    turn.publish("good", Ticked{1});
    turn.publish("also good", Ticked{2});
    turn.publish("bad", Ticked{3});
  });
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"good:1", "also good:2"});
  CHECK(probe.harness.published<Tocked>().size() == 2);
  CHECK(
      probe.harness.rows(event_owner, "SELECT count(*) || ' up to ' || max(seq) FROM event_log") ==
      Lines{"5 up to 5"});
}

TEST_CASE("while one key fails, other keys proceed and its later events wait in order") {
  TransactionalScene scene{.failing = {"bad"}};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.tick("good", 2);
  probe.harness.run_until_idle();
  probe.tick("bad", 3);
  probe.tick("good", 4);
  probe.tick("bad", 5);
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"good:2", "good:4"});
  const auto status = probe.harness.status("probe.apply").record;
  CHECK(status.retrying == 1);
  CHECK(status.parked == 2);

  SUBCASE("and follow once the head succeeds") {
    scene.failing.clear();
    probe.harness.run_to_the_end();
    CHECK(probe.applied() == Lines{"good:2", "good:4", "bad:1", "bad:3", "bad:5"});
    CHECK(probe.harness.status("probe.apply").record.rows() == 0);
  }
  SUBCASE("also across a restart") {
    scene.failing.clear();
    probe.harness.restart();
    probe.harness.run_to_the_end();
    CHECK(probe.applied() == Lines{"good:2", "good:4", "bad:1", "bad:3", "bad:5"});
  }
  SUBCASE("a new event of the key is parked behind those that wait") {
    probe.tick("bad", 6);
    probe.harness.run_until_idle();
    scene.failing.clear();
    probe.harness.run_to_the_end();
    CHECK(probe.applied() == Lines{"good:2", "good:4", "bad:1", "bad:3", "bad:5", "bad:6"});
  }
}

TEST_CASE("many keys that fail at random are each applied in order in the end") {
  core::SeededRandom random(42);
  Probe probe([&](host::Host& host) {
    host.subscribe(TransactionalSubscription{
        .name = "probe.apply",
        .module = {},
        .kinds = {std::string(Ticked::kind)},
        .handle =
            [&](const Event& event, Turn& turn) {
              apply(event, turn);
              if (random.below(3) == 0) throw std::runtime_error("bad luck");
            },
        .retry = {.first_delay = 100ms, .factor = 1.5, .delay_max = 1s, .attempts_max = 1000},
        .order = OrderPolicy::park});
  });
  for (int n = 0; n < 300; ++n)
    probe.tick("key-" + std::to_string(n % 7), n);
  probe.harness.run_to_the_end();
  for (int key = 0; key < 7; ++key) {
    const auto rows = probe.harness.rows("probe", "SELECT n FROM probe_applied WHERE key = 'key-" +
                                                      std::to_string(key) + "' ORDER BY place");
    Lines expected;
    for (int n = key; n < 300; n += 7)
      expected.push_back(std::to_string(n));
    CHECK(rows == expected);
  }
}

TEST_CASE("an event that always fails is dead after its attempts, each of which is kept") {
  TransactionalScene scene{.failing = {"bad"}, .attempts_max = 3};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  probe.harness.run_to_the_end();
  const auto status = probe.harness.status("probe.apply").record;
  CHECK(status.dead == 1);
  CHECK(status.parked == 1);
  CHECK(status.failed == 3);
  CHECK(probe.harness.rows("event", "SELECT attempt, error FROM event_attempt ORDER BY attempt") ==
        Lines{"1|not now", "2|not now", "3|not now"});
  CHECK(probe.applied().empty());
}

TEST_CASE("a permanent failure is dead at once") {
  TransactionalScene scene{.permanently = {"bad"}};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.harness.run_until_idle();
  CHECK(probe.harness.status("probe.apply").record.dead == 1);
  CHECK(probe.harness.rows("event", "SELECT state, attempts FROM event_delivery") ==
        Lines{"dead|1"});
}

TEST_CASE("where order does not matter, later events of a failing key are not parked") {
  TransactionalScene scene{.permanently = {"bad"}, .order = OrderPolicy::skip};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.harness.run_until_idle();
  scene.permanently.clear();
  probe.tick("bad", 2);
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"bad:2"});
}

TEST_CASE("retries wait between zero and the exponential ceiling") {
  const RetryPolicy policy{.first_delay = 1s, .factor = 2, .delay_max = 10s, .attempts_max = 9};
  core::SeededRandom random(1);
  for (int attempt = 1; attempt <= 8; ++attempt) {
    const core::Duration ceiling = std::min<core::Duration>(10s, 1s * (1 << (attempt - 1)));
    core::Duration longest{0};
    for (int i = 0; i < 500; ++i) {
      const auto delay = policy.delay_after(attempt, random);
      CHECK(delay >= core::Duration{0});
      CHECK(delay <= ceiling);
      longest = std::max(longest, delay);
    }
    // Full jitter uses the whole range: 500 draws that all miss its upper half are no accident.
    CHECK(longest > ceiling / 2);
  }
}

TEST_CASE("a node whose log has lost an event that is to be tried again stops") {
  TransactionalScene scene{.failing = {"bad"}};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.harness.run_until_idle();
  probe.harness.write(event_owner, [](Turn& turn) { turn.db().execute("DELETE FROM event_log"); });
  CHECK_FALSE(probe.harness.node().writer().failed());
  probe.harness.run_to_the_end();
  CHECK(probe.harness.node().writer().failed());
}

TEST_CASE("a subscription that fell behind reads the log and misses nothing") {
  TransactionalScene scene;
  Probe probe(scene.install());
  const int count = static_cast<int>(Feed::buffered_max) * 2 + 17;
  // One commit with more events than any buffer holds.
  probe.harness.write("probe", [&](Turn& turn) {
    for (int n = 0; n < count; ++n)
      turn.publish("k" + std::to_string(n % 10), Ticked{n});
  });
  probe.harness.run_until_idle();
  CHECK(probe.harness.rows("probe", "SELECT count(*), count(DISTINCT n) FROM probe_applied") ==
        Lines{std::to_string(count) + "|" + std::to_string(count)});
  CHECK(probe.harness.rows("probe",
                           "SELECT count(*) FROM probe_applied a JOIN probe_applied b"
                           " ON b.place = a.place + 1 WHERE b.n <> a.n + 1") == Lines{"0"});
}

TEST_CASE("a restart resumes at the cursor: nothing is lost, nothing is applied twice") {
  TransactionalScene scene;
  Probe probe(scene.install());
  for (int n = 0; n < 20; ++n) {
    probe.tick("k", n);
    if (n % 3 == 0) probe.harness.run_until_idle();
    if (n % 5 == 0) probe.harness.restart();
  }
  probe.harness.run_until_idle();
  CHECK(probe.harness.rows("probe", "SELECT count(*), count(DISTINCT n) FROM probe_applied") ==
        Lines{"20|20"});
}

TEST_CASE("an unreadable payload is dead at once, and its error has the reason") {
  TransactionalScene scene;
  Probe probe(scene.install());
  probe.tick("k", 1);
  // The hand-over in memory has the typed event; after a restart the payload is read from the log.
  probe.harness.run_until_idle();
  probe.harness.write("event", [](Turn& turn) {
    turn.db().execute("UPDATE event_log SET payload = '{\"n\":\"one\"}'");
    turn.db().execute("UPDATE event_subscription SET cursor = 0");
  });
  probe.harness.restart();
  probe.harness.run_until_idle();
  const auto rows = probe.harness.rows("event", "SELECT state, error FROM event_delivery");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].starts_with("dead|payload of event tick.happened.v1 is unreadable"));
}

}  // namespace
}  // namespace orderflow::events
