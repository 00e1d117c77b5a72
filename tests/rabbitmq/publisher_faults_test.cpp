#include "rabbitmq/publisher.hpp"

#include "publishing.hpp"

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

/// Hands over from a thread of its own, at most 1000 ahead of what is confirmed, as a node does.
class Feeder {
 public:
  explicit Feeder(Publishing& publishing)
      : thread_([this, &publishing] {
          while (!is_enough_) {
            if (last_ >= 1'000 && !publishing.wait_confirmed(last_ - 950)) return;
            publishing.publisher().relay(bridge::events_of(last_ + 1, last_ + 50));
            last_ += 50;
          }
        }) {}
  ~Feeder() { finish(); }
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;

  /// Ends, and returns which was the last.
  std::int64_t finish() {
    is_enough_ = true;
    if (thread_.joinable()) thread_.join();
    return last_;
  }

 private:
  std::atomic<bool> is_enough_ = false;
  std::int64_t last_ = 0;
  std::thread thread_;
};

/// Publishing gets on, and then all that was handed over is in the queue.
void check_nothing_lost(Publishing& publishing, Feeder& feeder) {
  REQUIRE(publishing.wait_confirmed(publishing.confirmed() + 1'000));
  const std::int64_t last = feeder.finish();
  REQUIRE(publishing.wait_confirmed(last));
  check_complete(publishing.queued(), last);
}

Publishing::Options quick_to_notice() {
  Publishing::Options options;
  options.adjust = [](ConnectionOptions& connection) {
    connection.heartbeat = 1s;
    connection.connect_timeout = 2s;
    connection.stuck_timeout = 2s;
  };
  return options;
}

TEST_CASE("nothing is lost when the broker is killed in the middle and comes back") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "killed");
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::connected; }));
  broker->write_definitions();
  Feeder feeder(publishing);
  REQUIRE(publishing.wait_confirmed(1'000));
  broker->kill();
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::connecting; }));
  CHECK(contains(publishing.publisher().status().message, "127.0.0.1"));
  broker->restart();
  check_nothing_lost(publishing, feeder);
  CHECK(publishing.publisher().status().reconnects >= 1);
}

TEST_CASE("nothing is lost when the broker is stopped for a while and continues") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "suspended", quick_to_notice());
  Feeder feeder(publishing);
  REQUIRE(publishing.wait_confirmed(1'000));
  broker->suspend();
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::connecting; }));
  broker->resume();
  check_nothing_lost(publishing, feeder);
}

TEST_CASE("a broker that answers and confirms nothing is reported and tried again") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "unconfirmed", quick_to_notice());
  publishing.publisher().relay(bridge::events_of(1, 10));
  REQUIRE(publishing.wait_confirmed(10));
  broker->control({"eval", "sys:suspend(whereis('%2F_unconfirmed'))."});
  publishing.publisher().relay(bridge::events_of(11, 20));
  CHECK(publishing.wait_status([](const auto& status) {
    return status.state == bridge::ConnectionState::connecting || status.reconnects > 0;
  }));
  CHECK(publishing.confirmed() == 10);
  broker->control({"eval", "sys:resume(whereis('%2F_unconfirmed'))."});
  REQUIRE(publishing.wait_confirmed(20));
  check_complete(publishing.queued(), 20);
}

TEST_CASE("nothing is lost when an operator closes the connection again and again") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "closed");
  Feeder feeder(publishing);
  for (std::uint64_t times = 1; times <= 3; ++times) {
    REQUIRE(publishing.wait_confirmed(publishing.confirmed() + 500));
    broker->control({"close_all_connections", "maintenance"});
    REQUIRE(publishing.wait_status([&](const auto& status) { return status.reconnects >= times; }));
  }
  check_nothing_lost(publishing, feeder);
}

TEST_CASE("during a disk alarm nothing is published, and afterwards all arrives") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "alarm");
  Feeder feeder(publishing);
  REQUIRE(publishing.wait_confirmed(1'000));
  broker->set_disk_alarm(true);
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::blocked; }));
  CHECK(contains(publishing.publisher().status().message, "low on disk"));
  const std::uint64_t published = publishing.publisher().status().published;
  const std::int64_t confirmed = publishing.confirmed();
  CHECK_FALSE(publishing.wait_confirmed(confirmed + 2'000, 2s));
  CHECK(publishing.publisher().status().published == published);
  broker->set_disk_alarm(false);
  check_nothing_lost(publishing, feeder);
  CHECK(publishing.publisher().status().reconnects == 0);
}

TEST_CASE("what has been deleted on the broker is declared and published to again") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.is_recipient = false;
  Publishing publishing(*broker, "exchange-deleted", options);
  publishing.publisher().relay(bridge::events_of(1, 10));
  REQUIRE(publishing.wait_confirmed(10));
  broker->control({"eval",
                   "rabbit_exchange:delete(rabbit_misc:r(<<\"/\">>, exchange, "
                   "<<\"exchange-deleted\">>), false, <<\"test\">>)."});
  publishing.publisher().relay(bridge::events_of(11, 20));
  REQUIRE(publishing.wait_confirmed(20));
  CHECK(publishing.publisher().status().reconnects == 1);
  check_complete(publishing.queued(), 20);
}

TEST_CASE("a node that starts before its broker publishes once the broker is there") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  broker->kill();
  {
    Publishing publishing(*broker, "late-broker");
    publishing.publisher().relay(bridge::events_of(1, 100));
    REQUIRE(publishing.wait_status([](const auto& status) { return !status.message.empty(); }));
    CHECK(publishing.publisher().status().state == bridge::ConnectionState::connecting);
    CHECK(publishing.publisher().status().outstanding == 100);
    broker->restart();
    REQUIRE(publishing.wait_confirmed(100));
    check_complete(publishing.queued(), 100);
  }
}

}  // namespace
}  // namespace orderflow::rabbitmq
