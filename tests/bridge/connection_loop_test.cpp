// The loop that keeps a connection up, without a broker.
#include "bridge/connection/connection_loop.hpp"

#include "bridge/connection/errors.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace orderflow::bridge {
namespace {

using namespace std::chrono_literals;

/// Does at each attempt to connect what the test case says, and keeps what the loop reports.
class ScriptedWork final : ConnectionLoop::Work {
 public:
  using Attempt = std::function<void(ScriptedWork&)>;

  ScriptedWork(std::vector<Attempt> attempts, ReconnectPolicy reconnect, Gate* gate = nullptr)
      : attempts_(std::move(attempts)),
        loop_({.activity = "testing",
               .log = telemetry::log("rabbitmq"),
               .reconnect = reconnect,
               .gate = gate},
              *this, wake_up_, std::make_unique<core::SeededRandom>(1)) {}

  ConnectionLoop& loop() { return loop_; }
  void signal() { wake_up_.signal(); }

  void connect_and_stay() {
    loop_.connected();
    stay();
  }

  /// Returns when the loop is stopped.
  void stay() {
    while (!loop_.stopping()) {
      wake_up_.clear();
      loop_.require_open_gate();
      pollfd source{.fd = wake_up_.descriptor(), .events = POLLIN, .revents = 0};
      ::poll(&source, 1, 1'000);
    }
  }

  bool wait_for(const std::function<bool(const ScriptedWork&)>& reached) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 60s, [&] { return reached(*this); });
  }

  // Under the mutex while the loop runs.
  std::vector<ConnectionState> states{};
  std::vector<std::string> reasons{};
  std::uint64_t reconnects = 0;
  int taken_over = 0;

 private:
  void connect_and_serve() override {
    const std::size_t attempt = attempt_++;
    if (attempt < attempts_.size()) {
      attempts_[attempt](*this);
    } else {
      connect_and_stay();
    }
  }

  void take_over() override {
    const std::lock_guard lock(mutex_);
    ++taken_over;
    changed_.notify_all();
  }

  void state_changed() override {
    const std::lock_guard lock(mutex_);
    states.push_back(loop_.state());
    reasons.push_back(loop_.reason());
    reconnects = loop_.reconnects();
    changed_.notify_all();
  }

  std::vector<Attempt> attempts_;
  std::size_t attempt_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  WakeUp wake_up_;
  ConnectionLoop loop_;
};

void find_nobody(ScriptedWork&) {
  throw BrokerUnreachable("nobody is there");
}

void be_refused(ScriptedWork&) {
  throw BrokerRefused(403, "wrong password");
}

void fail_otherwise(ScriptedWork&) {
  throw std::length_error("too long");
}

void connect_and_lose(ScriptedWork& work) {
  work.loop().connected();
  throw ConnectionLost("the peer is gone");
}

constexpr ReconnectPolicy at_once{.first_delay = 1ms, .delay_max = 2ms, .refused_retry = 1ms};

using States = std::vector<ConnectionState>;

TEST_CASE("a connection that fails is made again, and what failed is reported as it is") {
  ScriptedWork work({find_nobody, be_refused, fail_otherwise, connect_and_lose}, at_once);
  REQUIRE(work.wait_for([](const ScriptedWork& now) { return now.states.size() == 6; }));
  work.loop().stop();
  CHECK(work.states == States{ConnectionState::connecting, ConnectionState::refused,
                              ConnectionState::refused, ConnectionState::connected,
                              ConnectionState::connecting, ConnectionState::connected,
                              ConnectionState::stopped});
  CHECK(work.reasons == std::vector<std::string>{"nobody is there", "wrong password", "too long",
                                                 "", "the peer is gone", "", ""});
  CHECK(work.reconnects == 1);
}

TEST_CASE("a broker that takes no messages for a while is no reconnect") {
  const auto pause = [](ScriptedWork& work) {
    work.loop().connected();
    work.loop().blocked("its disk is full");
    work.loop().unblocked();
    work.stay();
  };
  ScriptedWork work({pause}, at_once);
  REQUIRE(work.wait_for([](const ScriptedWork& now) { return now.states.size() == 3; }));
  work.loop().stop();
  CHECK(work.reconnects == 0);
  CHECK(work.states[1] == ConnectionState::blocked);
  CHECK(work.reasons[1] == "its disk is full");
  CHECK(work.states[2] == ConnectionState::connected);
}

TEST_CASE("what is handed over while there is no connection is taken over at once") {
  ScriptedWork work({be_refused}, {.refused_retry = 1h});
  REQUIRE(work.wait_for([](const ScriptedWork& now) { return now.states.size() == 1; }));
  work.signal();
  CHECK(work.wait_for([](const ScriptedWork& now) { return now.taken_over > 0; }));
}

TEST_CASE("a loop that waits ends when it is stopped") {
  ScriptedWork work({be_refused}, {.refused_retry = 1h});
  REQUIRE(work.wait_for([](const ScriptedWork& now) { return now.states.size() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  work.loop().stop();
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  CHECK(work.states.back() == ConnectionState::stopped);
}

TEST_CASE("nothing is connected before a gate that is closed, and what is connected ends there") {
  // A pause would last for minutes.
  constexpr ReconnectPolicy slow{.first_delay = 5min, .delay_max = 5min, .refused_retry = 5min};
  Gate gate;
  gate.close({.state = ConnectionState::refused, .reason = "somebody else is in"});
  ScriptedWork work({}, slow, &gate);
  REQUIRE(work.wait_for([](const ScriptedWork& now) {
    return !now.states.empty() && now.states.back() == ConnectionState::refused;
  }));
  gate.open();
  REQUIRE(work.wait_for(
      [](const ScriptedWork& now) { return now.states.back() == ConnectionState::connected; }));
  gate.close({.reason = "we are out"});
  REQUIRE(
      work.wait_for([](const ScriptedWork& now) { return now.reasons.back() == "we are out"; }));
  gate.open();
  REQUIRE(work.wait_for([](const ScriptedWork& now) {
    return now.reconnects == 1 && now.states.back() == ConnectionState::connected;
  }));
  work.loop().stop();
  CHECK(work.reasons == std::vector<std::string>{"somebody else is in", "", "we are out", "", ""});
}

TEST_CASE("a loop ends that waits before a gate") {
  Gate gate;
  ScriptedWork work({}, at_once, &gate);
  REQUIRE(work.wait_for([](const ScriptedWork& now) { return !now.states.empty(); }));
  work.loop().stop();
  CHECK(work.states.back() == ConnectionState::stopped);
}

}  // namespace
}  // namespace orderflow::bridge
