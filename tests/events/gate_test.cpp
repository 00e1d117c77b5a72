#include "probe.hpp"

#include "host/destination_gate.hpp"
#include "outbound/destination.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

/// An effect whose peer is away until a moment that the test sets.
struct Outage {
  std::optional<core::Timestamp> until{};
  bool blames_peer = true;
  int attempts = 0;
  std::size_t running = 0;
  std::size_t running_most_away = 0;
  std::map<std::string, int> attempts_of{};
  outbound::Destination* peer = nullptr;
  const core::Clock* clock = nullptr;

  boost::asio::awaitable<AttemptResult> perform(const Event& event, const EffectContext& context) {
    ++attempts;
    ++attempts_of[event.meta().key];
    outbound::Destination::Use use(*peer);
    ++running;
    if (peer->is_away()) running_most_away = std::max(running_most_away, running);
    const core::Timestamp answered = clock->now() + 10ms;
    co_await sleep_until(*context.timers, answered);
    --running;
    if (until && clock->now() < *until) {
      use.failed("nobody is there");
      co_return peer->is_away() && blames_peer ? AttemptResult::unavailable("nobody is there")
                                               : AttemptResult::failure("nobody is there");
    }
    use.succeeded();
    co_return AttemptResult::success([&event](Turn& turn) { apply(event, turn); });
  }

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      clock = &host.clock();
      peer =
          &host.destination({.name = "peer",
                             .concurrency = 8,
                             .circuit = {.failures_max = 4, .open_first = 1s, .open_max = 1min}});
      host.subscribe(EffectSubscription{
          .name = "probe.effect",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .perform = [this](const Event& event,
                            const EffectContext& context) { return perform(event, context); },
          .gate = [this] { return host::gate_of(*peer); },
          .retry = {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = 3}});
    };
  }
};

TEST_CASE("an outage of a day uses up no attempts, costs few, and heals by itself") {
  Outage outage;
  Probe probe(outage.install());
  outage.until = outage.clock->now() + 24h;
  for (int n = 0; n < 500; ++n)
    probe.tick("key-" + std::to_string(n), n);
  probe.harness.run_to_the_end(23h);
  const auto during = probe.harness.status("probe.effect");
  CHECK(during.record.dead == 0);
  CHECK(during.record.handled == 0);
  // Those that were in flight when it opened, then a probe a minute.
  CHECK(outage.attempts < 24 * 60 + 50);
  CHECK(outage.running_most_away <= 1);

  probe.harness.run_to_the_end(48h);
  const auto after = probe.harness.status("probe.effect");
  CHECK(after.record.handled == 500);
  CHECK(after.record.rows() == 0);
  CHECK_FALSE(after.gate_closed);
  CHECK(probe.applied().size() == 500);
}

TEST_CASE("while the circuit is open nothing starts, and events wait without rows of their own") {
  Outage outage;
  Probe probe(outage.install());
  outage.until = outage.clock->now() + 1h;
  for (int n = 0; n < 8; ++n)
    probe.tick("key-" + std::to_string(n), n);
  probe.harness.advance(10ms);
  const int attempts = outage.attempts;
  for (int n = 8; n < 2000; ++n)
    probe.tick("key-" + std::to_string(n), n);
  probe.harness.advance(900ms);
  CHECK(outage.attempts == attempts);
  const auto closed = probe.harness.status("probe.effect");
  CHECK(closed.gate_closed);
  CHECK(closed.waits_for_peer);
  CHECK(closed.record.rows() == attempts);
}

/// An effect whose peer has nothing against others and will not serve this one.
struct Forgiving {
  int attempts = 0;
  std::map<int, AttemptResult::Kind> otherwise{};  ///< by attempt; the rest is unavailable
  std::optional<core::Timestamp> not_before{};

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      host.subscribe(EffectSubscription{
          .name = "probe.effect",
          .module = {},
          .kinds = {std::string(Ticked::kind)},
          .perform = [this](const Event&,
                            const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
            ++attempts;
            const auto other = otherwise.find(context.attempt);
            if (other == otherwise.end()) {
              co_return AttemptResult::unavailable("too much to do", {}, not_before);
            }
            co_return other->second == AttemptResult::Kind::success
                ? AttemptResult::success()
                : AttemptResult::failure("broken");
          },
          .retry = {.first_delay = 1s, .factor = 2, .delay_max = 1min, .attempts_max = 3}});
    };
  }
};

TEST_CASE("attempts that use up nothing come ever later, up to the policy's longest wait") {
  Forgiving peer;
  Probe probe(peer.install());
  probe.tick("key", 1);
  probe.harness.run_to_the_end(24h);
  CHECK(probe.harness.status("probe.effect").record.dead == 0);
  // A minute at most, and half of that on average: not ten times as often.
  CHECK(peer.attempts > 24 * 60);
  CHECK(peer.attempts < 24 * 60 * 3);
}

TEST_CASE("attempts in a row that use up nothing are one row, with their number and first moment") {
  Forgiving peer{
      .otherwise = {{4, AttemptResult::Kind::failure}, {7, AttemptResult::Kind::success}}};
  Probe probe(peer.install());
  const core::Timestamp placed = probe.harness.clock.now();
  probe.tick("key", 1);
  probe.harness.run_to_the_end(24h);
  CHECK(
      probe.harness.rows("event",
                         "SELECT attempt, times, coalesce(error, 'ok') FROM event_attempt"
                         " ORDER BY attempt") ==
      std::vector<std::string>{"3|3|too much to do", "4|1|broken", "6|2|too much to do", "7|1|ok"});
  CHECK(probe.harness.rows("event",
                           "SELECT first_started_at, first_started_at <= started_at"
                           " FROM event_attempt WHERE attempt = 3") ==
        std::vector<std::string>{std::to_string(core::to_micros(placed)) + "|1"});
}

TEST_CASE("a failure that counts restarts the waits of those that do not, and a restart does not") {
  Forgiving peer;
  Probe probe(peer.install());
  probe.tick("key", 1);
  probe.harness.run_to_the_end(6h);
  const auto row = [&] {
    return probe.harness.rows("event",
                              "SELECT forgiven_in_a_row = attempts, attempts = attempts_forgiven,"
                              " next_attempt_at FROM event_delivery");
  };
  const auto before = row();
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(row() == before);
  REQUIRE(before.size() == 1);
  CHECK(before.front().starts_with("1|1|"));
  peer.otherwise[peer.attempts + 1] = AttemptResult::Kind::failure;
  while (probe.harness.status("probe.effect").record.retrying == 1 &&
         probe.harness.rows("event", "SELECT error FROM event_delivery").front() != "broken")
    probe.harness.advance(1min);
  CHECK(probe.harness.rows("event", "SELECT forgiven_in_a_row FROM event_delivery") ==
        std::vector<std::string>{"0"});
}

TEST_CASE("without a peer to blame the same failures use up the attempts") {
  Outage outage{.blames_peer = false};
  Probe probe(outage.install());
  outage.until = outage.clock->now() + 24h;
  probe.tick("key", 1);
  probe.harness.run_to_the_end(1h);
  CHECK(outage.attempts == 3);
  CHECK(probe.harness.status("probe.effect").record.dead == 1);
}

TEST_CASE("a restart in an outage forgets no event and no attempt") {
  Outage outage;
  Probe probe(outage.install());
  outage.until = outage.clock->now() + 1h;
  for (int n = 0; n < 20; ++n)
    probe.tick("key-" + std::to_string(n), n);
  probe.harness.run_to_the_end(30min);
  probe.harness.restart();
  probe.harness.run_to_the_end(24h);
  CHECK(probe.harness.status("probe.effect").record.handled == 20);
  CHECK(probe.applied().size() == 20);
}

}  // namespace
}  // namespace orderflow::events
