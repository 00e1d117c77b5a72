// Those who wait and those who wake them, on threads of their own. The thread sanitizer runs it
// too.
#include "order_waiters.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;

OrderId order(int number) {
  core::Uuid id{};
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return OrderId{id};
}

/// A thread that answers requests, or fires timers.
struct Loop {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work =
      boost::asio::make_work_guard(context);
  std::thread thread{[this] { context.run(); }};

  void end() {
    work.reset();
    if (thread.joinable()) thread.join();
  }
  ~Loop() {
    context.stop();
    end();
  }
};

/// What the database would show: a version that only grows.
struct Orders {
  std::array<std::atomic<int>, 8> versions{};
};

boost::asio::awaitable<void> wait_for_change(OrderWaiters& waiters, const Orders& orders,
                                             int number, int seen, core::Duration limit,
                                             std::atomic<int>& changed, std::atomic<int>& over) {
  const auto waiter = waiters.enter(order(number), limit);
  if (!waiter) co_return;
  while (orders.versions[static_cast<std::size_t>(number)].load() == seen) {
    if (co_await waiter->wait()) continue;
    ++over;
    co_return;
  }
  ++changed;
}

TEST_CASE("no waiting client misses a change, whichever thread is first") {
  const core::SystemClock clock;
  Loop http_1;
  Loop http_2;
  Loop timer_loop;
  events::AsioTimers timers(timer_loop.context, clock);
  OrderWaiters waiters(timers, clock, 1000);
  Orders orders;
  std::atomic<int> changed = 0;
  std::atomic<int> over = 0;
  constexpr int rounds = 400;
  for (int round = 0; round < rounds; ++round) {
    for (int number = 0; number < 8; ++number) {
      auto& http = number % 2 == 0 ? http_1 : http_2;
      auto waits = wait_for_change(waiters, orders, number, round, 1h, changed, over);
      boost::asio::co_spawn(http.context, std::move(waits), boost::asio::detached);
    }
    // The writer: changes the order, then wakes.
    for (int number = 0; number < 8; ++number) {
      ++orders.versions[static_cast<std::size_t>(number)];
      waiters.wake(order(number));
    }
    while (changed.load() < (round + 1) * 8)
      std::this_thread::yield();
  }
  CHECK(changed == rounds * 8);
  CHECK(over == 0);
}

TEST_CASE("waits end by time, by change and by release at the same moment, each once") {
  const core::SystemClock clock;
  Loop http_1;
  Loop http_2;
  Loop timer_loop;
  events::AsioTimers timers(timer_loop.context, clock);
  auto waiters = std::make_unique<OrderWaiters>(timers, clock, 1000);
  Orders orders;
  std::atomic<int> changed = 0;
  std::atomic<int> over = 0;
  constexpr int waits = 400;
  for (int i = 0; i < waits; ++i) {
    auto& http = i % 2 == 0 ? http_1 : http_2;
    auto one = wait_for_change(*waiters, orders, i % 8, 0, std::chrono::microseconds(i * 10),
                               changed, over);
    boost::asio::co_spawn(http.context, std::move(one), boost::asio::detached);
    if (i % 50 == 0) {
      ++orders.versions[static_cast<std::size_t>(i % 8)];
      waiters->wake(order(i % 8));
    }
  }
  // Behind all that was spawned, so that nobody enters when the waiters are gone.
  for (Loop* http : {&http_1, &http_2}) {
    std::atomic<bool> passed = false;
    boost::asio::post(http->context, [&] { passed = true; });
    while (!passed)
      std::this_thread::yield();
  }
  waiters->release();
  waiters.reset();
  http_1.end();
  http_2.end();
  CHECK(changed + over == waits);
}

TEST_CASE("a wait that is dropped with its thread leaves nothing behind") {
  const core::ManualClock clock{core::from_micros(0)};
  events::ManualTimers timers;
  OrderWaiters waiters(timers, clock, 1);
  const Orders orders;
  std::atomic<int> changed = 0;
  std::atomic<int> over = 0;
  auto context = std::make_unique<boost::asio::io_context>(1);
  boost::asio::co_spawn(*context, wait_for_change(waiters, orders, 1, 0, 1ms, changed, over),
                        boost::asio::detached);
  context->poll();
  CHECK_FALSE(waiters.enter(order(2), 1ms));
  waiters.wake(order(1));  // its thread is never to run again
  context.reset();
  CHECK(waiters.enter(order(2), 1ms));
  timers.fire(core::from_micros(1'000));
  CHECK(changed + over == 0);
}

TEST_CASE("a change between the look at the database and the wait ends the wait at once") {
  const core::ManualClock clock{core::from_micros(0)};
  events::ManualTimers timers;
  OrderWaiters waiters(timers, clock, 10);
  boost::asio::io_context context(1);
  const auto waiter = waiters.enter(order(1), 1ms);
  REQUIRE(waiter);
  waiters.wake(order(2));
  waiters.wake(order(1));
  int changes = 0;
  const auto wait_twice = [&]() -> boost::asio::awaitable<void> {
    while (co_await waiter->wait())
      ++changes;
  };
  boost::asio::co_spawn(context, wait_twice(), boost::asio::detached);
  context.poll();
  CHECK(changes == 1);
  timers.fire(core::from_micros(1'000));
  context.restart();
  context.poll();
  CHECK(changes == 1);
}

TEST_CASE("waiting clients share their timers, however many come and go") {
  const core::ManualClock clock{core::from_micros(0)};
  events::ManualTimers timers;
  OrderWaiters waiters(timers, clock, 10);
  for (int i = 0; i < 10'000; ++i) {
    CHECK(waiters.enter(order(1), 60s + i * 1us));
  }
  CHECK(timers.fire(core::from_micros(120'000'000)) == 1);
}

/// Timers as a process has them: whatever becomes of the clock, they ring when their time is over.
class SteadyTimers final : public events::Timers {
 public:
  explicit SteadyTimers(core::ManualClock& clock) : clock_(clock) {}
  void at(core::Timestamp due, std::function<void()> callback) override {
    timers_.at(core::Timestamp{clock_.steady() + (due - clock_.now())}, std::move(callback));
  }
  void pass(core::Duration time) {
    clock_.advance(time);
    while (timers_.fire(core::Timestamp{clock_.steady()}) > 0) {
    }
  }

 private:
  core::ManualClock& clock_;
  events::ManualTimers timers_;
};

TEST_CASE("a clock that is set back lengthens nobody's wait, whoever's timer rings first") {
  core::ManualClock clock{core::from_micros(1'800'000'000'000'000)};
  SteadyTimers timers(clock);
  OrderWaiters waiters(timers, clock, 10);
  boost::asio::io_context context(1);
  const Orders orders;
  std::atomic<int> changed = 0;
  std::atomic<int> over = 0;
  const auto pass = [&](core::Duration time) {
    timers.pass(time);
    context.restart();
    context.poll();
    return over.load();
  };
  for (const auto limit : {10s, 20s}) {
    boost::asio::co_spawn(context, wait_for_change(waiters, orders, 1, 0, limit, changed, over),
                          boost::asio::detached);
  }
  CHECK(pass(0s) == 0);
  CHECK(pass(5s) == 0);
  clock.jump(-24h);
  CHECK(pass(5s) == 1);
  CHECK(pass(10s) == 2);
}

TEST_CASE("after the release nobody waits any more") {
  const core::ManualClock clock{core::from_micros(0)};
  events::ManualTimers timers;
  OrderWaiters waiters(timers, clock, 10);
  waiters.release();
  CHECK_FALSE(waiters.enter(order(1), 1us));
}

}  // namespace
}  // namespace orderflow::orders
