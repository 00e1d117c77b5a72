// Measures how many events a second the publisher publishes and has confirmed, against the bare
// rabbitmq-c loop with the same window: in turns, on one broker that it starts itself, each turn on
// a fresh quorum queue.
//
//   bridge_bench [ROUNDS [EVENTS [WINDOW]]]      default 11 rounds of 10000 events, window 256
//   bridge_bench --broker                        starts a broker, prints its URI, and ends it when
//                                                standard input ends: for scripts/bench
#define DOCTEST_CONFIG_IMPLEMENT  // what is borrowed from the tests leans on it
#include "bare_loop.hpp"

#include "bridge/message/envelope.hpp"
#include "core/random.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/publisher.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <vector>

using namespace orderflow;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* queue = "bench";
// As many events are handed over at once, and as many are at most under way in the node.
constexpr std::size_t batch = 64;
constexpr std::size_t relay_window = 1'024;

struct Plan {
  std::size_t rounds = 11;
  std::size_t events = 10'000;
  std::size_t window = 256;
};

events::EventList make_events(std::size_t count) {
  core::SeededRandom random(1);
  const std::string order =
      R"({"orderId":"0190a1b2-0000-7000-8000-000000000001","userId":"user-1","currency":"EUR",)"
      R"("items":[{"productId":"sku-1","quantity":2,"price":1999}],"totalAmount":3998})";
  events::EventList made;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::uint8_t, 10> bytes{};
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<std::uint8_t>(random.next()); });
    const core::Uuid id = core::make_uuid_v7(1'700'000'000'000 + i, bytes);
    events::EventMeta meta;
    meta.seq = events::Seq(static_cast<std::int64_t>(i + 1));
    meta.id = events::EventId(id);
    meta.kind = "order.created";
    meta.key = id.to_string();
    meta.origin = "shop-1/orders";
    meta.home = "shop-1";
    meta.correlation_id = id.to_string();
    meta.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    made.push_back(
        std::make_shared<const events::Event>(std::move(meta), order, events::EventBody{}));
  }
  return made;
}

bridge::Message message_of(const events::Event& event) {
  return bridge::encode(event, bridge::Envelope::cloudevents, "orders");
}

rabbitmq::ConnectionOptions connection_to(const test::RabbitmqBroker& broker) {
  return {.address = rabbitmq::parse_address(broker.uri())};
}

void renew_queue(const test::RabbitmqBroker& broker) {
  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection(connection_to(broker), watchdog);
  rabbitmq::Channel channel(connection);
  channel.delete_queue(queue);
  channel.declare_queue(queue, {{"x-queue-type", "quorum"}});
}

/// A node that publishes as fast as its relay window lets it.
class BenchNode final : public rabbitmq::PublisherNode {
 public:
  void prepare(rabbitmq::Connection&) override {}
  std::vector<const rabbitmq::Recipient*> recipients() override { return {&recipient_}; }
  rabbitmq::Publication publication_of(const events::Event& event) override {
    return {.recipients = {&recipient_}, .message = message_of(event)};
  }
  void confirmed(events::Seq upto) override {
    const std::lock_guard lock(mutex_);
    confirmed_ = static_cast<std::size_t>(upto.value());
    changed_.notify_one();
  }

  void wait_confirmed(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return confirmed_ >= count; });
  }

 private:
  const rabbitmq::Recipient recipient_{
      .number = 1, .route = {.routing_key = queue}, .arguments = {{"x-queue-type", "quorum"}}};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t confirmed_ = 0;
};

double publish_ours(const test::RabbitmqBroker& broker, const events::EventList& events,
                    std::size_t window) {
  BenchNode node;
  rabbitmq::Watchdog watchdog;
  rabbitmq::Publisher publisher({.connection = connection_to(broker),
                                 .watching = connection_to(broker),
                                 .node = "bench",
                                 .confirm_window = window},
                                node, watchdog, std::make_unique<core::SeededRandom>(1));
  while (publisher.status().state != bridge::ConnectionState::connected)
    std::this_thread::sleep_for(1ms);

  const auto begin = Clock::now();
  for (std::size_t first = 0; first < events.size(); first += batch) {
    if (first + batch > relay_window) node.wait_confirmed(first + batch - relay_window);
    const std::size_t last = std::min(first + batch, events.size());
    publisher.relay({events.begin() + static_cast<std::ptrdiff_t>(first),
                     events.begin() + static_cast<std::ptrdiff_t>(last)});
  }
  node.wait_confirmed(events.size());
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  publisher.stop(1s);
  return seconds;
}

/// What this process has used of the processors so far.
double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// The rates of one way to publish, and what it costs.
struct Side {
  std::vector<double> rates = {};         ///< events a second
  std::vector<double> processor_us = {};  ///< of this process, for one event

  template <class Publish>
  void measure(std::size_t events, Publish publish) {
    const double used = processor_seconds();
    const double seconds = publish();
    const auto count = static_cast<double>(events);
    rates.push_back(count / seconds);
    processor_us.push_back((processor_seconds() - used) * 1e6 / count);
  }
};

void lend_broker() {
  const test::RabbitmqBroker broker;
  std::printf("%s\n", broker.uri().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}

void run(const Plan& plan) {
  const test::RabbitmqBroker broker;
  const events::EventList events = make_events(plan.events);
  const bridge::Message message = message_of(*events.front());
  Side bare;
  Side ours;
  std::printf("%zu events of %zu bytes, window %zu\n%8s %12s %12s %12s %12s\n", plan.events,
              message.body.size(), plan.window, "round", "bare/s", "publisher/s", "bare cpu us",
              "ours cpu us");
  for (std::size_t round = 0; round < plan.rounds; ++round) {
    const auto publish_bare = [&] {
      renew_queue(broker);
      bare.measure(plan.events, [&] {
        return bench::publish_bare(broker.port(), queue, message, plan.events, plan.window);
      });
    };
    const auto publish = [&] {
      renew_queue(broker);
      ours.measure(plan.events, [&] { return publish_ours(broker, events, plan.window); });
    };
    // In turns also who begins, for the broker slows down and speeds up in its own time.
    round % 2 == 0 ? (publish_bare(), publish()) : (publish(), publish_bare());
    std::printf("%8zu %12.0f %12.0f %12.1f %12.1f\n", round + 1, bare.rates.back(),
                ours.rates.back(), bare.processor_us.back(), ours.processor_us.back());
    std::fflush(stdout);
  }
  std::printf("%8s %12.0f %12.0f %12.1f %12.1f  ratio %.2f\n", "median", median(bare.rates),
              median(ours.rates), median(bare.processor_us), median(ours.processor_us),
              median(ours.rates) / median(bare.rates));
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan;
  const bool only_broker = count == 2 && std::string_view(arguments[1]) == "--broker";
  if (only_broker) count = 1;
  const std::array<std::size_t*, 3> numbers{&plan.rounds, &plan.events, &plan.window};
  for (std::size_t i = 0; i < numbers.size() && static_cast<int>(i) + 1 < count; ++i) {
    *numbers[i] = std::strtoul(arguments[i + 1], nullptr, 10);
    if (*numbers[i] == 0) {
      std::fprintf(stderr, "usage: bridge_bench [ROUNDS [EVENTS [WINDOW]]]\n");
      return 2;
    }
  }
  if (!test::RabbitmqBroker::is_installed()) {
    std::fprintf(stderr, "rabbitmq-server is not installed (scripts/setup)\n");
    return 1;
  }
  try {
    only_broker ? lend_broker() : run(plan);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bridge_bench: %s\n", error.what());
    return 1;
  }
}
