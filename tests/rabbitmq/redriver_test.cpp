// What is sent once more, on a broker.
#include "rabbitmq/redriver.hpp"

#include "rabbitmq/client/channel.hpp"
#include "relayed_events.hpp"
#include "test_connection.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

/// Sends each event to the queue that its receiver names.
struct ToQueue final : RedriverNode {
  std::vector<Publication> publications_of(const events::RedrivenEvent& again,
                                           const std::string& wanted_by) override {
    return {{.route = {.routing_key = again.receiver},
             .message = {.properties = {.message_id = again.event->meta().id.value().to_string()},
                         .headers = {{"orderflow-redrive", wanted_by}},
                         .body = again.event->payload()}}};
  }
};

RedriverOptions options_of(test::RabbitmqBroker& broker, std::size_t waiting_max = 100) {
  return {.connection = options_for(broker.uri()),
          .confirm_window = 2,
          .waiting_max = waiting_max,
          .idle_limit = 200ms,
          .reconnect = {.first_delay = 20ms, .delay_max = 200ms, .refused_retry = 100ms}};
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

/// A queue of the test case's own.
class OwnQueue {
 public:
  OwnQueue(test::RabbitmqBroker& broker, std::string name)
      : connection_(options_for(broker.uri()), watchdog_),
        channel_(connection_),
        name_(std::move(name)) {
    channel_.declare_queue(name_, {{"x-queue-type", "quorum"}});
  }
  ~OwnQueue() { channel_.delete_queue(name_); }
  OwnQueue(const OwnQueue&) = delete;
  OwnQueue& operator=(const OwnQueue&) = delete;

  std::uint32_t messages() { return channel_.check_queue(name_).messages; }

 private:
  Watchdog watchdog_;
  Connection connection_;
  Channel channel_;
  const std::string name_;
};

events::Redrive again_of(std::int64_t seq, std::vector<std::string> queues,
                         std::function<void()> done) {
  events::Redrive again{.wanted_by = "orders", .done = std::move(done)};
  for (std::string& queue : queues) {
    again.events.push_back({.event = bridge::event_of(seq, "key"), .receiver = std::move(queue)});
  }
  return again;
}

TEST_CASE("a redrive is done when the broker has all of it, also what no queue takes") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  OwnQueue queue(*broker, "redriven");
  ToQueue node;
  Watchdog watchdog;
  Redriver redriver(options_of(*broker), node, watchdog, std::make_unique<core::SeededRandom>(1));
  std::atomic<int> done = 0;
  const auto count = [&] { ++done; };
  for (std::int64_t seq = 1; seq <= 20; ++seq)
    CHECK(redriver.redrive(again_of(seq, {"redriven", "nobody's"}, count)));
  CHECK(comes_true([&] { return done == 20; }));
  CHECK(comes_true([&] { return queue.messages() == 20; }));
  CHECK(comes_true([&] { return redriver.status().confirmed == 40; }));
  CHECK(redriver.status().unroutable == 20);
  CHECK(redriver.status().waiting == 0);

  // Also on a connection that was idle.
  CHECK(redriver.redrive(again_of(21, {"redriven"}, count)));
  CHECK(comes_true([&] { return done == 21; }));
}

TEST_CASE("more than may wait is refused, where the broker is away") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  RedriverOptions options = options_of(*broker, 2);
  options.connection.address = parse_address("amqp://127.0.0.1:1");
  ToQueue node;
  Watchdog watchdog;
  Redriver redriver(options, node, watchdog, std::make_unique<core::SeededRandom>(1));
  CHECK(redriver.redrive(again_of(1, {"q"}, {})));
  CHECK(redriver.redrive(again_of(2, {"q"}, {})));
  CHECK_FALSE(redriver.redrive(again_of(3, {"q"}, {})));
  CHECK(redriver.status().waiting == 2);
  redriver.stop();
}

}  // namespace
}  // namespace orderflow::rabbitmq
