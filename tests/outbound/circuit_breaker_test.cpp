#include "outbound/circuit_breaker.hpp"

#include "outbound/destination.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace orderflow::outbound {
namespace {

using namespace std::chrono_literals;

struct Breaker {
  core::ManualClock clock{core::from_micros(1'700'000'000'000'000)};
  CircuitBreaker circuit{{.failures_max = 3, .open_first = 1s, .open_max = 3s}, clock};

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      circuit.failed();
  }
};

TEST_CASE_FIXTURE(Breaker, "failures in a row open the circuit, an answer between them does not") {
  fail(2);
  CHECK_FALSE(circuit.succeeded());
  fail(2);
  CHECK(circuit.state() == CircuitState::closed);
  CHECK(circuit.failed());
  CHECK(circuit.state() == CircuitState::open);
  CHECK(circuit.look_again_at() == clock.now() + 1s);
}

TEST_CASE_FIXTURE(Breaker,
                  "after its pause an open circuit may be probed, and an answer closes it") {
  fail(3);
  clock.advance(1s);
  CHECK(circuit.state() == CircuitState::half_open);
  CHECK_FALSE(circuit.look_again_at().has_value());
  CHECK(circuit.succeeded());
  CHECK(circuit.state() == CircuitState::closed);
  fail(2);
  CHECK(circuit.state() == CircuitState::closed);
}

TEST_CASE_FIXTURE(Breaker, "every failed probe doubles the pause up to its limit") {
  fail(3);
  for (const auto pause : {1s, 2s, 3s, 3s}) {
    CHECK(circuit.look_again_at() == clock.now() + pause);
    clock.advance(pause);
    CHECK(circuit.state() == CircuitState::half_open);
    CHECK(circuit.failed());
  }
}

TEST_CASE_FIXTURE(Breaker, "what was asked before the circuit opened does not lengthen its pause") {
  fail(3);
  clock.advance(500ms);
  CHECK_FALSE(circuit.failed());
  CHECK(circuit.look_again_at() == clock.now() + 500ms);
}

TEST_CASE_FIXTURE(Breaker,
                  "one answer of too many requests opens the circuit, for longer each time") {
  CHECK(circuit.throttled(std::nullopt));
  for (const auto pause : {1s, 2s, 3s, 3s}) {
    CHECK(circuit.is_throttled());
    CHECK(circuit.look_again_at() == clock.now() + pause);
    clock.advance(pause);
    CHECK(circuit.state() == CircuitState::half_open);
    CHECK(circuit.throttled(std::nullopt));
  }
  clock.advance(3s);
  CHECK(circuit.succeeded());
  CHECK_FALSE(circuit.is_throttled());
  CHECK(circuit.throttled(std::nullopt));
  CHECK(circuit.look_again_at() == clock.now() + 1s);
}

TEST_CASE_FIXTURE(Breaker,
                  "a peer that names when it wants to be asked again is left alone until then") {
  CHECK(circuit.throttled(clock.now() + 10s));
  CHECK(circuit.look_again_at() == clock.now() + 10s);
  CHECK_FALSE(circuit.throttled(clock.now() + 20s));
  CHECK_FALSE(circuit.throttled(clock.now() + 5s));
  CHECK_FALSE(circuit.throttled(std::nullopt));
  CHECK(circuit.look_again_at() == clock.now() + 20s);
  clock.advance(20s);
  // "At once" is no moment to wait for: the pause grows as if no time was named.
  CHECK(circuit.throttled(clock.now()));
  CHECK(circuit.look_again_at() == clock.now() + 2s);
}

TEST_CASE_FIXTURE(Breaker, "a clock that is set lets no pause end later or sooner") {
  fail(3);
  for (const core::Duration jump : {core::Duration{-1h}, core::Duration{2h}}) {
    clock.jump(jump);
    CHECK(circuit.state() == CircuitState::open);
    CHECK(circuit.look_again_at() == clock.now() + 1s);
  }
  clock.advance(1s);
  CHECK(circuit.state() == CircuitState::half_open);
  CHECK(circuit.throttled(clock.now() + 10s));
  clock.jump(-1h);
  clock.advance(10s);
  CHECK(circuit.state() == CircuitState::half_open);
}

TEST_CASE("a destination allows all, nothing, or one request as its circuit stands") {
  core::ManualClock clock(core::from_micros(1'700'000'000'000'000));
  Destinations destinations(clock);
  Destination& peer = destinations.add(
      {.name = "peer", .concurrency = 8, .circuit = {.failures_max = 1, .open_first = 1s}});
  CHECK(peer.allowance().in_flight_max == 8);
  CHECK_FALSE(peer.is_away());
  {
    Destination::Use use(peer);
    CHECK(destinations.status().front().in_flight == 1);
    use.failed("connection refused");
  }
  CHECK(peer.allowance().in_flight_max == 0);
  CHECK(peer.allowance().look_again_at == clock.now() + 1s);
  CHECK(peer.is_away());
  clock.advance(1s);
  CHECK(peer.allowance().in_flight_max == 1);
  CHECK(peer.is_away());
  Destination::Use(peer).succeeded();
  CHECK(peer.allowance().in_flight_max == 8);

  const DestinationStatus status = destinations.status().front();
  CHECK(status.name == "peer");
  CHECK(status.in_flight == 0);
  CHECK(status.succeeded == 1);
  CHECK(status.failed == 1);
  CHECK(status.opened == 1);
  CHECK(status.last_error == "connection refused");
  CHECK(status.last_failure_at == clock.now() - 1s);
}

TEST_CASE("a destination that has too much to do is not away, and is asked for fewer at a time") {
  core::ManualClock clock(core::from_micros(1'700'000'000'000'000));
  Destination peer({.name = "peer", .concurrency = 8, .circuit = {.open_first = 1s}}, clock);
  for (int i = 0; i < 8; ++i)
    Destination::Use(peer).throttled("status 429");
  CHECK_FALSE(peer.is_away());
  CHECK(peer.allowance().in_flight_max == 0);
  CHECK(peer.allowance().look_again_at == clock.now() + 1s);
  CHECK(peer.status().throttled == 8);
  CHECK(peer.status().failed == 0);
  CHECK(peer.status().opened == 1);
  CHECK(peer.status().last_error == "status 429");
  clock.advance(1s);
  CHECK(peer.allowance().in_flight_max == 1);
  Destination::Use(peer).succeeded();
  CHECK(peer.allowance().in_flight_max == 5);
  Destination::Use(peer).throttled("status 429", clock.now() + 7s);
  CHECK(peer.allowance().look_again_at == clock.now() + 7s);
  clock.advance(7s);
  for (int i = 0; i < 10; ++i)
    Destination::Use(peer).succeeded();
  CHECK(peer.allowance().in_flight_max == 8);
}

TEST_CASE("a probe of a held destination that fails is an outage") {
  core::ManualClock clock(core::from_micros(1'700'000'000'000'000));
  Destination peer({.name = "peer", .concurrency = 8, .circuit = {.open_first = 1s}}, clock);
  Destination::Use(peer).throttled("status 429");
  clock.advance(1s);
  Destination::Use(peer).failed("connection refused");
  CHECK(peer.is_away());
  CHECK(peer.allowance().in_flight_max == 0);
}

}  // namespace
}  // namespace orderflow::outbound
