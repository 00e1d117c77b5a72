#include "rabbitmq/publisher.hpp"

#include "publishing.hpp"

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

bool is_connected(const bridge::PublisherStatus& status) {
  return status.state == bridge::ConnectionState::connected;
}

TEST_CASE("events arrive in the queue in the order of the log and are reported as confirmed") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "in-order");
  for (std::int64_t first = 1; first < 3'000; first += 100)
    publishing.publisher().relay(bridge::events_of(first, first + 99));
  REQUIRE(publishing.wait_confirmed(3'000));
  std::vector<std::int64_t> expected;
  for (std::int64_t seq = 1; seq <= 3'000; ++seq)
    expected.push_back(seq);
  CHECK(publishing.queued() == expected);

  REQUIRE(publishing.wait_status([](const auto& status) { return status.outstanding == 0; }));
  const bridge::PublisherStatus status = publishing.publisher().status();
  CHECK(status.state == bridge::ConnectionState::connected);
  CHECK(status.published == 3'000);
  CHECK(status.confirmed == 3'000);
  CHECK(status.returned == 0);
  CHECK(status.reconnects == 0);
}

TEST_CASE("no more than the window is in flight") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.window = 8;
  Publishing publishing(*broker, "window", options);
  REQUIRE(publishing.wait_status(is_connected));
  broker->suspend();
  publishing.publisher().relay(bridge::events_of(1, 100));
  CHECK(publishing.wait_status([](const auto& status) { return status.published == 8; }));
  CHECK(publishing.publisher().status().outstanding == 100);
  broker->resume();
  REQUIRE(publishing.wait_confirmed(100));
  check_complete(publishing.queued(), 100);
}

TEST_CASE("an event that its queue refuses is held until it takes it") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.arguments = {{"x-queue-type", "quorum"},
                       {"x-max-length", std::int64_t{10}},
                       {"x-overflow", "reject-publish"}};
  Publishing publishing(*broker, "held", options);
  constexpr std::int64_t last = 2'000;
  publishing.publisher().relay(bridge::events_of(1, last));
  REQUIRE(publishing.wait_status([](const auto& status) { return status.nacked > 0; }));
  REQUIRE(publishing.wait_status([](const auto& status) { return status.deferred > 0; }));
  CHECK(publishing.confirmed() < last);

  std::set<std::int64_t> taken;
  const auto deadline = std::chrono::steady_clock::now() + 120s;
  while (taken.size() < last && std::chrono::steady_clock::now() < deadline) {
    for (const std::int64_t seq : publishing.queued())
      taken.insert(seq);
  }
  CHECK(taken.size() == last);
  REQUIRE(publishing.wait_confirmed(last));
  CHECK(publishing.wait_status([](const auto& status) { return status.deferred == 0; }));
}

TEST_CASE("an event that needs no receiver is counted as returned and confirmed") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.binds_queue = false;
  options.is_recipient = false;
  Publishing publishing(*broker, "unheard", options);
  publishing.publisher().relay(bridge::events_of(1, 500));
  REQUIRE(publishing.wait_confirmed(500));
  REQUIRE(publishing.wait_status([](const auto& status) { return status.returned == 500; }));
  CHECK(publishing.publisher().status().deferred == 0);
  CHECK(publishing.queued().empty());
}

TEST_CASE("a stop waits for the confirms of what has been handed over") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "stop");
  REQUIRE(publishing.wait_status(is_connected));
  publishing.publisher().relay(bridge::events_of(1, 2'000));
  publishing.publisher().stop(60s);
  CHECK(publishing.confirmed() == 2'000);
  CHECK(publishing.publisher().status().state == bridge::ConnectionState::stopped);
  check_complete(publishing.queued(), 2'000);
}

TEST_CASE("a stop gives up at its limit") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "stop-limit");
  REQUIRE(publishing.wait_status(is_connected));
  broker->suspend();
  publishing.publisher().relay(bridge::events_of(1, 10));
  const auto begin = std::chrono::steady_clock::now();
  publishing.publisher().stop(200ms);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  CHECK(publishing.confirmed() == 0);
  CHECK(publishing.publisher().status().outstanding == 10);
  broker->resume();
}

TEST_CASE("a refused login is reported, and tried again until the password is right") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  broker->control({"add_user", "shop", "old"});
  broker->control({"set_permissions", "shop", ".*", ".*", ".*"});
  Publishing::Options options;
  options.adjust = [](ConnectionOptions& connection) {
    connection.address.user = "shop";
    connection.address.password = "new";
  };
  Publishing publishing(*broker, "login", options);
  publishing.publisher().relay(bridge::events_of(1, 10));
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::refused; }));
  const std::string message = publishing.publisher().status().message;
  CHECK(contains(message, "403"));
  CHECK(contains(message, "shop"));
  broker->control({"change_password", "shop", "new"});
  CHECK(publishing.wait_confirmed(10));
  broker->control({"delete_user", "shop"});
}

TEST_CASE("a topology that clashes is reported as refused and is no reconnect loop") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  std::atomic<int> declared = 0;
  Publishing::Options options;
  options.adjust = [](ConnectionOptions&) {};
  options.declare_also = [&](Connection& connection) {
    ++declared;
    Channel channel(connection);
    channel.declare_queue("topology-clash", {{"x-queue-type", "classic"}});
  };
  Publishing publishing(*broker, "topology-clash", options);
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::refused; }));
  CHECK(contains(publishing.publisher().status().message, "declaring queue topology-clash"));
  CHECK(contains(publishing.publisher().status().message, "x-queue-type"));
  CHECK(declared <= 3);
}

TEST_CASE("an event that cannot be sent is reported by its id and stops what is behind it") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.is_recipient = false;
  Publishing publishing(*broker, "unsendable", options);
  publishing.publisher().relay({bridge::event_of(1, "a"),
                                bridge::event_of(2, "a", std::string(300, 'k')),
                                bridge::event_of(3, "a")});
  REQUIRE(publishing.wait_status(
      [](const auto& status) { return status.state == bridge::ConnectionState::refused; }));
  CHECK(contains(publishing.publisher().status().message, bridge::id_of(2).value().to_string()));
  CHECK(contains(publishing.publisher().status().message, "routing key of 300 bytes"));
  CHECK(publishing.confirmed() <= 1);
}

}  // namespace
}  // namespace orderflow::rabbitmq
