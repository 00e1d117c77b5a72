// When messages are acknowledged, on the real broker: not before what they are for is durable.
#include "rabbitmq/consumer.hpp"

#include "core/random.hpp"
#include "storage/writer.hpp"
#include "test_connection.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;
using ReceivedEvents = std::shared_ptr<const std::vector<events::ReceivedEvent>>;

/// A consumer of a queue of the test case's own, whose writes the test answers.
class Consuming {
 public:
  Consuming(test::RabbitmqBroker& broker, std::string name, bool when_stored = false)
      : broker_(broker), name_(std::move(name)) {
    Connection connection(options_for(broker_.uri()), watchdog_);
    Channel channel(connection);
    channel.declare_exchange(name_ + ".dead", "direct");
    channel.declare_queue(name_ + ".dead");
    channel.bind_queue(name_ + ".dead", name_ + ".dead", "test");
    channel.declare_queue(name_, {{"x-queue-type", "quorum"},
                                  {"x-dead-letter-exchange", name_ + ".dead"},
                                  {"x-dead-letter-routing-key", "test"}});
    start(when_stored);
  }
  ~Consuming() {
    consumer_.reset();
    Connection connection(options_for(broker_.uri()), watchdog_);
    Channel channel(connection);
    channel.delete_queue(name_);
    channel.delete_queue(name_ + ".dead");
  }
  Consuming(const Consuming&) = delete;
  Consuming& operator=(const Consuming&) = delete;

  Consumer& consumer() { return *consumer_; }

  void stop() { consumer_->stop(); }

  void start(bool when_stored = false) {
    ConsumerOptions options{.connection = options_for(broker_.uri()),
                            .queues = {{name_, "test", true}},
                            .prefetch = 16,
                            .acknowledge_when_stored = when_stored,
                            .reconnect = {.first_delay = 10ms, .delay_max = 50ms}};
    ConsumerParts parts;
    parts.declare = [](Connection&) {};
    parts.decide = [](const bridge::ConsumedQueue&, const Delivery& delivery) -> bridge::Decision {
      const bridge::Message& message = delivery.message;
      if (message.body == "junk") return bridge::Reject{"it is junk"};
      if (message.body == "known") return bridge::Skip{};
      events::ReceivedEvent event{
          .tracking_number = 0, .meta = {}, .payload = message.body, .body = {}};
      return bridge::Receive{std::move(event)};
    };
    parts.receive = [this](ReceivedEvents received, StoredCallback stored) {
      const std::lock_guard lock(mutex_);
      writes_.emplace_back(std::move(received), std::move(stored));
      changed_.notify_all();
    };
    consumer_ = std::make_unique<Consumer>(std::move(options), std::move(parts), watchdog_,
                                           std::make_unique<core::SeededRandom>(1));
  }

  /// Returns when the broker has them all: a quorum queue may lose what is published on a channel
  /// that closes before it is confirmed.
  void send(std::initializer_list<const char*> bodies) {
    Connection connection(options_for(broker_.uri()), watchdog_);
    Channel channel(connection);
    channel.select_confirms();
    for (const char* body : bodies)
      channel.publish({.routing_key = name_}, {.body = body}, true);
    while (wait_for<Confirmed>(connection).tag < bodies.size()) {
    }
  }

  /// Waits for the next write, and takes it.
  std::pair<ReceivedEvents, StoredCallback> next_write() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 60s, [&] { return !writes_.empty(); })) {
      FAIL("nothing was brought");
    }
    auto write = std::move(writes_.front());
    writes_.erase(writes_.begin());
    return write;
  }

  /// Takes writes until so many arrivals were stored; all of them.
  std::vector<events::ReceivedEvent> store(std::size_t count) {
    std::vector<events::ReceivedEvent> all;
    while (all.size() < count) {
      const auto [received, stored] = next_write();
      all.insert(all.end(), received->begin(), received->end());
      stored(nullptr);
    }
    return all;
  }

  bool wait_status(const std::function<bool(const bridge::ConsumerStatus&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!wanted(consumer_->status())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }

  /// What is left in the queue once nobody consumes; takes it.
  std::vector<std::string> left() {
    stop();
    return drained(name_);
  }
  std::vector<std::string> dead() { return drained(name_ + ".dead"); }

 private:
  std::vector<std::string> drained(const std::string& queue) {
    Watchdog watchdog;
    Connection connection(options_for(broker_.uri()), watchdog);
    Channel channel(connection);
    channel.set_prefetch(100);
    channel.consume(queue, "drain");
    std::vector<std::string> bodies;
    // What a consumer has left behind comes within moments.
    while (const auto event = connection.next(1s)) {
      if (const auto* delivery = std::get_if<Delivery>(&*event)) {
        bodies.push_back(delivery->message.body);
        channel.acknowledge(delivery->tag, false);
      }
    }
    return bodies;
  }

  test::RabbitmqBroker& broker_;
  const std::string name_;
  Watchdog watchdog_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<ReceivedEvents, StoredCallback>> writes_;
  std::unique_ptr<Consumer> consumer_;
};

using Bodies = std::vector<std::string>;

TEST_CASE("a message is acknowledged when the node is done with it, not when it is stored") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "done");
  consuming.send({"a", "b", "c"});
  const auto received = consuming.store(3);
  CHECK(received[0].payload == "a");
  CHECK(received[2].payload == "c");
  consuming.consumer().on_ended()(received[1].tracking_number);
  REQUIRE(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.left() == Bodies{"a", "c"});
}

TEST_CASE("where it is set so, a message is acknowledged when it is stored, and not before") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "stored", true);
  consuming.send({"a"});
  const auto [received, stored] = consuming.next_write();
  CHECK(consuming.consumer().status().acknowledged == 0);
  stored(nullptr);
  CHECK(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.left().empty());
}

TEST_CASE("what the node could not take is brought again, in its order, and not lost") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "refused");
  consuming.send({"a"});
  const auto [first, refuse] = consuming.next_write();
  consuming.send({"b"});
  refuse(std::make_exception_ptr(storage::WriteRefused("too many writes wait")));
  const auto received = consuming.store(2);
  CHECK(received[0].payload == "a");
  CHECK(received[1].payload == "b");
  for (const auto& event : received)
    consuming.consumer().on_ended()(event.tracking_number);
  CHECK(consuming.wait_status([](const auto& status) { return status.acknowledged == 2; }));
  CHECK(consuming.left().empty());
}

TEST_CASE("what cannot be read goes to the dead, what is known already goes away") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "junk");
  consuming.send({"junk", "known", "junk"});
  REQUIRE(consuming.wait_status(
      [](const auto& status) { return status.rejected == 2 && status.skipped == 1; }));
  CHECK(consuming.left().empty());
  CHECK(consuming.dead() == Bodies{"junk", "junk"});
}

TEST_CASE(
    "after a lost connection unacknowledged messages come again, and late ends mean nothing") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "lost");
  consuming.send({"a", "b"});
  const auto before = consuming.store(2);
  broker->control({"close_all_connections", "test"});
  const auto again = consuming.store(2);
  CHECK(again[0].payload == "a");
  consuming.consumer().on_ended()(before[0].tracking_number);
  consuming.consumer().on_ended()(again[1].tracking_number);
  REQUIRE(consuming.wait_status([](const auto& status) {
    return status.acknowledged == 1 && status.reconnects >= 1 && status.redelivered >= 2;
  }));
  CHECK(consuming.left() == Bodies{"a"});
}

TEST_CASE("a consumer that drains takes nothing in, and acknowledges what ends meanwhile") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "drained");
  consuming.send({"a"});
  const auto received = consuming.store(1);
  consuming.consumer().drain();
  consuming.send({"b"});
  consuming.consumer().on_ended()(received[0].tracking_number);
  REQUIRE(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.consumer().status().consumed == 1);
  CHECK(consuming.left() == Bodies{"b"});
}

TEST_CASE("a queue that is deleted under the consumer is an interruption, not an end") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "deleted");
  REQUIRE(consuming.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::connected; }));
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  channel.delete_queue("deleted");
  REQUIRE(consuming.wait_status(
      [](const auto& status) { return status.state != bridge::ConnectionState::connected; }));
  channel.declare_queue("deleted", {{"x-queue-type", "quorum"}});
}

}  // namespace
}  // namespace orderflow::rabbitmq
