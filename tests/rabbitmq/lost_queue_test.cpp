// What was confirmed and is lost with its queue is sent again, on the real broker.
#include "rabbitmq/publisher.hpp"

#include "publishing.hpp"

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

/// The publisher looks after its queue when something tells it to, and not before.
Publishing::Options seldom_looking() {
  Publishing::Options options;
  options.look_every = 1h;
  return options;
}

TEST_CASE("a queue that is deleted is declared again, and what it had confirmed is sent again") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "lost", seldom_looking());
  publishing.publisher().relay(bridge::events_of(1, 100));
  REQUIRE(publishing.wait_confirmed(100));
  publishing.lose_queue();
  publishing.publisher().relay(bridge::events_of(101, 101));
  REQUIRE(publishing.wait_confirmed(101));
  REQUIRE(publishing.wait_status([](const auto& status) { return status.outstanding == 0; }));
  CHECK(publishing.publisher().status().lost == 1);
  CHECK(publishing.publisher().status().reconnects == 0);
  const std::vector<std::int64_t> queued = publishing.queued();
  CHECK(std::set<std::int64_t>(queued.begin(), queued.end()).size() == 101);
}

TEST_CASE("a queue that somebody has replaced by an empty one gets what the other had confirmed") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing publishing(*broker, "replaced", seldom_looking());
  publishing.publisher().relay(bridge::events_of(1, 100));
  REQUIRE(publishing.wait_confirmed(100));
  publishing.replace_queue();
  broker->control({"close_all_connections", "maintenance"});  // it looks when it is back
  REQUIRE(publishing.wait_status([](const auto& status) { return status.lost == 1; }));
  REQUIRE(publishing.wait_status([](const auto& status) { return status.outstanding == 0; }));
  check_complete(publishing.queued(), 100);
}

TEST_CASE("each time that a queue is replaced it is noticed by what is sent next") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.look_every = 20ms;
  Publishing publishing(*broker, "replaced-often", options);
  std::int64_t last = 0;
  for (std::uint64_t times = 1; times <= 5; ++times) {
    publishing.publisher().relay(bridge::events_of(last + 1, last + 300));
    last += 300;
    REQUIRE(publishing.wait_confirmed(last));
    publishing.replace_queue();
    ++last;
    publishing.publisher().relay(bridge::events_of(last, last));
    REQUIRE(publishing.wait_status([&](const auto& status) { return status.lost == times; }));
  }
  REQUIRE(publishing.wait_confirmed(last));
}

TEST_CASE("a queue that stands is seen, and nothing is sent twice") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Publishing::Options options;
  options.look_every = 5ms;
  Publishing publishing(*broker, "seen", options);
  for (std::int64_t first = 1; first < 5'000; first += 500) {
    publishing.publisher().relay(bridge::events_of(first, first + 499));
    REQUIRE(publishing.wait_confirmed(first + 499));
  }
  CHECK(publishing.queued().size() == 5'000);
  CHECK(publishing.publisher().status().published == 5'000);
  CHECK(publishing.publisher().status().lost == 0);
}

}  // namespace
}  // namespace orderflow::rabbitmq
