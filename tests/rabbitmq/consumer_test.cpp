// When messages are acknowledged, on the real broker: not before what they are for is durable.
#include "rabbitmq/consumer.hpp"

#include "core/random.hpp"
#include "storage/writer.hpp"
#include "test_connection.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <exception>
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

/// A batch that the consumer wants written, and who waits for it.
struct Brought {
  events::ReceivedBatch batch;
  std::shared_ptr<events::ReceptionObserver> observer;

  void answer(std::exception_ptr error = nullptr) const { observer->stored(batch, error); }
};

/// A consumer of a queue of the test case's own, whose writes the test answers.
class Consuming final : public ConsumerNode {
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
  ~Consuming() override {
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
                            .shared_queues = {{"test", name_}},
                            .prefetch = 16,
                            .acknowledge_when_stored = when_stored,
                            .reconnect = {.first_delay = 10ms, .delay_max = 50ms}};
    consumer_ = std::make_unique<Consumer>(std::move(options), *this, watchdog_,
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
  Brought next_write() {
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
      const Brought brought = next_write();
      all.insert(all.end(), brought.batch->begin(), brought.batch->end());
      brought.answer();
    }
    return all;
  }

  void finish(const events::ReceivedEvent& event) {
    consumer_->observer()->chain_finished(event.tracking_number);
  }

  /// How often the consumer has been told what is on disk.
  std::size_t stored_batches() {
    const std::lock_guard lock(mutex_);
    return stored_batches_;
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

 private:
  void prepare(Connection&) override {}

  bridge::Decision decide(const bridge::ConsumedQueue&, const Delivery& delivery) override {
    const bridge::Message& message = delivery.message;
    if (message.body == "junk") return bridge::Reject{"it is junk"};
    if (message.body == "known") return bridge::Skip{};
    if (message.body == "elsewhere") {
      return bridge::PassOn{.home = "shop-2",
                            .message = {.properties = {.message_id = "e-1"}, .body = message.body}};
    }
    return bridge::Receive{{.tracking_number = 0, .meta = {}, .payload = message.body, .body = {}}};
  }

  void store(const events::ReceivedBatch& batch,
             const std::shared_ptr<events::ReceptionObserver>& observer) override {
    const std::lock_guard lock(mutex_);
    writes_.push_back({batch, observer});
    changed_.notify_all();
  }

  void stored(const events::ReceivedBatch&) override {
    const std::lock_guard lock(mutex_);
    ++stored_batches_;
  }

  test::RabbitmqBroker& broker_;
  const std::string name_;
  Watchdog watchdog_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Brought> writes_;
  std::size_t stored_batches_ = 0;
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
  consuming.finish(received[1]);
  REQUIRE(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.left() == Bodies{"a", "c"});
}

TEST_CASE("where it is set so, a message is acknowledged when it is stored, and not before") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "stored", true);
  consuming.send({"a"});
  const Brought brought = consuming.next_write();
  CHECK(consuming.consumer().status().acknowledged == 0);
  brought.answer();
  CHECK(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.left().empty());
}

TEST_CASE("what the node could not take is brought again, in its order, and not lost") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "refused");
  consuming.send({"a"});
  const Brought first = consuming.next_write();
  consuming.send({"b"});
  first.answer(std::make_exception_ptr(storage::WriteRefused("too many writes wait")));
  const auto received = consuming.store(2);
  CHECK(received[0].payload == "a");
  CHECK(received[1].payload == "b");
  for (const auto& event : received)
    consuming.finish(event);
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

TEST_CASE("a message for another node goes to that node's own queue, and is then acknowledged") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "answers");
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  channel.declare_queue("answers.shop-2");
  consuming.send({"elsewhere"});
  REQUIRE(consuming.wait_status([](const auto& status) { return status.passed_on == 1; }));
  CHECK(consuming.drained("answers.shop-2") == Bodies{"elsewhere"});
  channel.delete_queue("answers.shop-2");
  consuming.send({"elsewhere"});
  REQUIRE(consuming.wait_status([](const auto& status) { return status.rejected == 1; }));
  CHECK(consuming.left().empty());
  CHECK(consuming.dead() == Bodies{"elsewhere"});
}

TEST_CASE("what is on disk is known as such, also when its connection has gone meanwhile") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Consuming consuming(*broker, "late");
  consuming.send({"a"});
  const Brought before = consuming.next_write();
  broker->control({"close_all_connections", "test"});
  const Brought again = consuming.next_write();
  before.answer();
  again.answer();
  consuming.finish(again.batch->front());
  REQUIRE(consuming.wait_status([](const auto& status) { return status.acknowledged == 1; }));
  CHECK(consuming.stored_batches() == 2);
  CHECK(consuming.left().empty());
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
  consuming.finish(before[0]);
  consuming.finish(again[1]);
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
  consuming.finish(received[0]);
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
