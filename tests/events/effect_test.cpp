#include "probe.hpp"

#include "events/delivery/timers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// An effect whose doings a test scripts by key: how long it takes and how often it fails.
struct Scene {
  std::map<std::string, core::Duration> takes{};
  std::map<std::string, int> fails{};  ///< the first so many attempts
  std::set<std::string> permanently{};
  std::string refusal = "refused for good";
  OrderPolicy order = OrderPolicy::park;
  std::size_t concurrency = 8;
  int attempts_max = 5;
  std::set<std::string> completion_throws{};

  Lines performed{};  ///< "key:n#attempt" at the start of each attempt
  Lines tokens{};
  Lines given_up{};
  std::size_t running = 0;
  std::size_t running_most = 0;
  std::map<std::string, int> running_of_key{};
  int overlaps = 0;

  boost::asio::awaitable<AttemptResult> perform(const Event& event, const EffectContext& context) {
    const std::string key = event.meta().key;
    performed.push_back(key + ":" + std::to_string(event.as<Ticked>().n) + "#" +
                        std::to_string(context.attempt));
    tokens.push_back(context.token);
    running_most = std::max(running_most, ++running);
    if (++running_of_key[key] > 1) ++overlaps;
    if (const auto time = takes.find(key); time != takes.end()) {
      const core::Timestamp until = now() + time->second;
      co_await sleep_until(*context.timers, until);
    }
    --running;
    --running_of_key[key];
    if (permanently.contains(key)) co_return AttemptResult::permanent_failure(refusal);
    if (context.attempt <= fails[key]) co_return AttemptResult::failure("try later");
    const bool throws = completion_throws.contains(key);
    co_return AttemptResult::success([&event, throws](Turn& turn) {
      apply(event, turn);
      turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
      if (throws) throw std::runtime_error("cannot write it down");
    });
  }

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      clock = &host.clock();
      host.subscribe(EffectSubscription{
          .name = "probe.effect",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .perform = [this](const Event& event,
                            const EffectContext& context) { return perform(event, context); },
          .on_dead = [this](const Event& event, const std::string& error,
                            Turn&) { given_up.push_back(event.meta().key + ":" + error); },
          .retry =
              {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = attempts_max},
          .order = order,
          .deadline = 30s,
          .concurrency = concurrency});
    };
  }

  core::Timestamp now() const { return clock->now(); }
  const core::Clock* clock = nullptr;
};

TEST_CASE("an effect is performed once and completed in one commit with its event") {
  Scene scene;
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(scene.performed == Lines{"a:1#1"});
  CHECK(probe.applied() == Lines{"a:1"});
  CHECK(probe.harness.published<Tocked>().size() == 1);
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(scene.performed.size() == 1);
}

TEST_CASE("an error is kept as a readable line, whatever a peer has put into it") {
  Scene scene{.permanently = {"a"}, .refusal = "peer: \xe4\nb" + std::string(3000, '\xe4')};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  REQUIRE(scene.given_up.size() == 1);
  const std::string& error_line = scene.given_up.front();
  CHECK(error_line.starts_with("a:peer: \xef\xbf\xbd b\xef\xbf\xbd"));
  CHECK(core::is_readable_line(error_line));
  CHECK(error_line.size() <= 2 + error_bytes_max);
  const auto kept = probe.harness.rows(
      event_owner, "SELECT error FROM event_delivery UNION ALL SELECT error FROM event_attempt");
  REQUIRE(kept.size() == 2);
  for (const std::string& error : kept)
    CHECK("a:" + error == error_line);
}

TEST_CASE("no more than its concurrency is in flight, and one at a time for each key") {
  Scene scene{.takes = {{"a", 1s}, {"b", 1s}, {"c", 1s}, {"d", 1s}}, .concurrency = 3};
  Probe probe(scene.install());
  for (int n = 0; n < 40; ++n)
    probe.tick(std::string(1, static_cast<char>('a' + n % 4)), n);
  probe.harness.run_to_the_end();
  CHECK(scene.running_most == 3);
  CHECK(scene.overlaps == 0);
  CHECK(probe.applied().size() == 40);
}

TEST_CASE("an event whose turn has come is not left parked by a restart before it starts") {
  Scene scene{.takes = {{"a", 10s}, {"c", 20s}, {"d", 20s}}, .concurrency = 2};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.tick("a", 2);
  probe.tick("b", 3);  // overtakes both
  probe.tick("c", 4);
  probe.tick("d", 5);
  probe.harness.run_until_idle();
  REQUIRE(probe.harness.status("probe.effect").record.parked == 1);
  // The first of "a" is done, "c" and "d" take all slots: the second of "a" waits for one.
  probe.harness.advance(10s);
  REQUIRE(probe.applied() == Lines{"b:3", "a:1"});
  probe.harness.restart();
  probe.harness.run_to_the_end();
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
  CHECK(probe.applied().size() == 5);
}

TEST_CASE("the events of a key are performed in log order") {
  Scene scene{.takes = {{"slow", 10s}}};
  Probe probe(scene.install());
  for (int n = 1; n <= 3; ++n)
    probe.tick("slow", n);
  probe.tick("quick", 4);
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"quick:4"});
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"quick:4", "slow:1", "slow:2", "slow:3"});
}

TEST_CASE("one slow effect costs one row, however many others are done before it") {
  Scene scene{.takes = {{"slow", 25s}}};
  Probe probe(scene.install());
  probe.tick("slow", 0);
  for (int n = 1; n <= 1000; ++n)
    probe.tick("k" + std::to_string(n), n);
  probe.harness.run_until_idle();
  CHECK(probe.applied().size() == 1000);
  CHECK(probe.harness.rows("event", "SELECT state, seq FROM event_delivery") == Lines{"running|1"});
  const auto status = probe.harness.status("probe.effect");
  CHECK(status.record.cursor.value() >= 1001);
  CHECK(status.in_flight == 1);

  SUBCASE("and none when it is done") {
    probe.harness.run_to_the_end();
    CHECK(probe.harness.rows("event", "SELECT state FROM event_delivery").empty());
    CHECK(probe.applied().back() == "slow:0");
  }
  SUBCASE("and after a crash only it is performed again, at once, as the same attempt") {
    scene.takes.clear();
    scene.performed.clear();
    probe.harness.restart();
    probe.harness.run_until_idle();
    CHECK(scene.performed == Lines{"slow:0#1"});
    CHECK(probe.applied().back() == "slow:0");
    CHECK(probe.applied().size() == 1001);
  }
}

TEST_CASE("what waits behind a slow key is in order after a crash too") {
  Scene scene{.takes = {{"slow", 25s}}};
  Probe probe(scene.install());
  for (int n = 1; n <= 3; ++n)
    probe.tick("slow", n);
  probe.tick("quick", 4);
  probe.harness.run_until_idle();
  probe.tick("slow", 5);
  probe.harness.run_until_idle();
  scene.takes.clear();
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"quick:4", "slow:1", "slow:2", "slow:3", "slow:5"});
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
}

TEST_CASE("a failed attempt is tried again with the same token, and the next attempt's number") {
  Scene scene{.fails = {{"a", 2}}};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.tick("a", 2);
  probe.tick("b", 3);
  probe.harness.run_to_the_end();
  CHECK(scene.performed.size() >= 5);
  CHECK(probe.applied().size() == 3);
  std::set<std::string> tokens_of_first;
  for (std::size_t i = 0; i < scene.performed.size(); ++i) {
    if (scene.performed[i].starts_with("a:1#")) tokens_of_first.insert(scene.tokens[i]);
  }
  CHECK(tokens_of_first.size() == 1);
  CHECK(probe.harness.rows("event",
                           "SELECT seq, attempt, coalesce(error, 'ok') FROM event_attempt"
                           " ORDER BY seq, attempt") == Lines{"1|1|try later", "1|2|try later",
                                                              "1|3|ok", "2|1|try later",
                                                              "2|2|try later", "2|3|ok"});
}

TEST_CASE("other keys continue while one fails, and its later events wait") {
  Scene scene{.fails = {{"bad", 3}}};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  for (int n = 3; n < 20; ++n)
    probe.tick("k" + std::to_string(n), n);
  probe.harness.run_until_idle();
  CHECK(probe.applied().size() == 17);
  const auto status = probe.harness.status("probe.effect").record;
  CHECK(status.retrying == 1);
  CHECK(status.parked == 1);
  scene.fails.clear();
  probe.harness.run_to_the_end();
  const Lines applied = probe.applied();
  CHECK(Lines(applied.end() - 2, applied.end()) == Lines{"bad:1", "bad:2"});
}

TEST_CASE("an effect that is given up is dead, reported to its module, and keeps its key parked") {
  Scene scene{.fails = {{"bad", 99}}, .attempts_max = 3};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  probe.harness.run_to_the_end();
  CHECK(scene.given_up == Lines{"bad:try later"});
  CHECK(probe.harness.rows("event", "SELECT state, attempts FROM event_delivery ORDER BY seq") ==
        Lines{"dead|3", "parked|0"});
  probe.harness.restart();
  probe.harness.run_to_the_end();
  CHECK(scene.given_up.size() == 1);
}

TEST_CASE("what giving up publishes does not stand in the way of what success publishes later") {
  bool works = false;
  Probe probe([&](host::Host& host) {
    EffectSubscription effect;
    effect.name = "probe.effect";
    effect.kinds = {std::string(Ticked::kind)};
    effect.perform = [&](const Event&,
                         const EffectContext&) -> boost::asio::awaitable<AttemptResult> {
      if (!works) co_return AttemptResult::permanent_failure("no");
      co_return AttemptResult::success([](Turn& turn) { turn.publish("k", Tocked{1}); });
    };
    effect.on_dead = [](const Event&, const std::string&, Turn& turn) {
      turn.publish("k", Ticked{-1});
    };
    host.subscribe(std::move(effect));
  });
  probe.tick("k", 1);
  probe.harness.run_until_idle();
  works = true;
  probe.harness.write("event", [](Turn& turn) {
    turn.db().execute(
        "UPDATE event_delivery SET state = 'retrying', next_attempt_at = 0"
        " WHERE state = 'dead'");
    turn.db().execute("UPDATE event_subscription SET dead = 0, retrying = 1");
  });
  probe.harness.restart();
  probe.harness.run_to_the_end();
  // One for the tick, one for what giving it up published.
  CHECK(probe.harness.published<Tocked>().size() == 2);
}

TEST_CASE("a permanent failure is not tried again") {
  Scene scene{.permanently = {"bad"}, .order = OrderPolicy::skip};
  Probe probe(scene.install());
  probe.tick("bad", 1);
  probe.tick("good", 2);
  probe.harness.run_to_the_end();
  CHECK(scene.performed == Lines{"bad:1#1", "good:2#1"});
  CHECK(probe.harness.status("probe.effect").record.dead == 1);
}

TEST_CASE("where order does not matter, events of one key are performed side by side") {
  Scene scene{.takes = {{"k", 5s}}, .order = OrderPolicy::skip};
  Probe probe(scene.install());
  for (int n = 1; n <= 4; ++n)
    probe.tick("k", n);
  probe.harness.run_until_idle();
  CHECK(scene.running == 4);
  probe.harness.run_to_the_end();
  CHECK(probe.applied().size() == 4);
}

TEST_CASE("an attempt that exceeds its deadline has failed, and its late outcome is ignored") {
  Scene scene{.takes = {{"stuck", 45s}}};
  Probe probe(scene.install());
  probe.tick("stuck", 1);
  probe.harness.run_until_idle();
  probe.harness.advance(30s);
  CHECK(probe.harness.rows("event", "SELECT state, error FROM event_delivery") ==
        Lines{"retrying|the deadline of the attempt has passed"});
  CHECK(probe.harness.status("probe.effect").overdue == 1);
  scene.takes.clear();
  probe.harness.advance(2s);
  CHECK(scene.performed == Lines{"stuck:1#1", "stuck:1#2"});
  CHECK(probe.applied() == Lines{"stuck:1"});
  probe.harness.advance(30s);
  CHECK(probe.applied() == Lines{"stuck:1"});
  CHECK(probe.harness.status("probe.effect").overdue == 0);
}

TEST_CASE("a completion that throws is undone and counts as a failed attempt") {
  Scene scene{.completion_throws = {"a"}};
  Probe probe(scene.install());
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(probe.applied().empty());
  CHECK(probe.harness.published<Tocked>().empty());
  CHECK(probe.harness.rows("event", "SELECT error FROM event_delivery") ==
        Lines{"completion failed: cannot write it down"});
  scene.completion_throws.clear();
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:1"});
}

TEST_CASE("a completion that throws takes none of those with it that ended at the same moment") {
  Scene scene{.completion_throws = {"b"}};
  Probe probe(scene.install());
  for (const char* key : {"a", "b", "c"})
    probe.tick(key, 1);
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"a:1", "c:1"});
  CHECK(probe.harness.published<Tocked>().size() == 2);
  CHECK(probe.harness.status("probe.effect").record.handled == 2);
  scene.completion_throws.clear();
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:1", "c:1", "b:1"});
  CHECK(probe.harness.published<Tocked>().size() == 3);
}

TEST_CASE("random failures, crashes and delays: each event is completed once, each key in order") {
  core::SeededRandom random(7);
  Scene scene{.attempts_max = 1000};
  Probe probe(scene.install());
  int n = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 5; ++i) {
      const std::string key = "k" + std::to_string(random.below(6));
      scene.takes[key] = core::Duration{static_cast<std::int64_t>(random.below(3'000'000))};
      scene.fails[key] = static_cast<int>(random.below(3));
      probe.tick(key, ++n);
    }
    probe.harness.advance(core::Duration{static_cast<std::int64_t>(random.below(2'000'000))});
    if (random.below(4) == 0) probe.harness.restart();
  }
  probe.harness.run_to_the_end();
  CHECK(probe.harness.rows("probe", "SELECT count(*), count(DISTINCT n) FROM probe_applied") ==
        Lines{std::to_string(n) + "|" + std::to_string(n)});
  CHECK(probe.harness.rows("probe",
                           "SELECT count(*) FROM probe_applied a JOIN probe_applied b"
                           " ON b.key = a.key AND b.place > a.place AND b.n < a.n") == Lines{"0"});
  CHECK(probe.harness.status("probe.effect").record.rows() == 0);
}

TEST_CASE("when the node stops no attempt starts, and what runs may finish") {
  Scene scene{.takes = {{"slow", 5s}}};
  Probe probe(scene.install());
  probe.tick("slow", 1);
  probe.harness.run_until_idle();
  auto quiet = probe.harness.node().dispatcher().stop_effects();
  probe.tick("late", 2);
  probe.harness.run_until_idle();
  CHECK(quiet.wait_for(0s) == std::future_status::timeout);
  probe.harness.advance(5s);
  CHECK(quiet.wait_for(0s) == std::future_status::ready);
  CHECK(scene.performed == Lines{"slow:1#1"});
  CHECK(probe.applied() == Lines{"slow:1"});
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"slow:1", "late:2"});
}

}  // namespace
}  // namespace orderflow::events
