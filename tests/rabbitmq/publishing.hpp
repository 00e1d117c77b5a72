#pragma once

#include "rabbitmq/publisher.hpp"

#include "core/random.hpp"
#include "relayed_events.hpp"
#include "test_connection.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// A publisher with an exchange and a queue of the test case's own, on the shared broker, and what
/// it has reported.
class Publishing final : PublisherNode {
 public:
  struct Options {
    bool binds_queue = true;
    bool is_recipient = true;  ///< the queue must take the events; else they go to the exchange
    bridge::Fields arguments = {{"x-queue-type", "quorum"}};
    std::function<void(ConnectionOptions&)> adjust = [](ConnectionOptions&) {};
    std::function<void(Connection&)> declare_also = [](Connection&) {};
    std::size_t window = 256;
    std::chrono::milliseconds look_every{1'000};
  };

  Publishing(test::RabbitmqBroker& broker, std::string name, Options options)
      : broker_(broker),
        name_(std::move(name)),
        options_(std::move(options)),
        recipient_{.number = 1, .route = {.routing_key = name_}, .arguments = options_.arguments},
        publisher_(publisher_options(), *this, watchdog_, std::make_unique<core::SeededRandom>(1)) {
  }
  Publishing(test::RabbitmqBroker& broker, std::string name)
      : Publishing(broker, std::move(name), Options{}) {}
  ~Publishing() override {
    publisher_.stop(std::chrono::milliseconds(0));
    Watchdog watchdog;
    Connection connection(options_for(broker_.uri()), watchdog);
    Channel channel(connection);
    channel.delete_queue(name_);
  }
  Publishing(const Publishing&) = delete;
  Publishing& operator=(const Publishing&) = delete;

  Publisher& publisher() { return publisher_; }

  /// Deletes the queue with all that is in it.
  void lose_queue() {
    Watchdog watchdog;
    Connection connection(options_for(broker_.uri()), watchdog);
    Channel(connection).delete_queue(name_);
  }
  /// The same, and declares it again before the publisher can notice.
  void replace_queue() {
    Watchdog watchdog;
    Connection connection(options_for(broker_.uri()), watchdog);
    Channel channel(connection);
    channel.delete_queue(name_);
    channel.declare_queue(name_, options_.arguments);
  }

  std::int64_t confirmed() {
    const std::lock_guard lock(mutex_);
    return confirmed_;
  }

  /// Whether all up to there were reported as confirmed in time.
  bool wait_confirmed(std::int64_t upto, std::chrono::seconds limit = std::chrono::seconds(120)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return confirmed_ >= upto; });
  }

  /// Whether the publisher came to such a status in time.
  bool wait_status(const std::function<bool(const bridge::PublisherStatus&)>& wanted,
                   std::chrono::seconds limit = std::chrono::seconds(120)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!wanted(publisher_.status())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

  /// Takes the events out of the queue, in its order.
  std::vector<std::int64_t> queued() {
    Watchdog watchdog;
    Connection connection(options_for(broker_.uri()), watchdog);
    Channel channel(connection);
    const std::uint32_t count = channel.declare_queue(name_, options_.arguments).messages;
    channel.set_prefetch(1'000);
    channel.consume(name_, "reader");
    std::vector<std::int64_t> seqs;
    while (seqs.size() < count) {
      const auto delivery = wait_for<Delivery>(connection);
      seqs.push_back(std::stoll(delivery.message.properties.correlation_id));
      channel.acknowledge(delivery.tag, false);
    }
    return seqs;
  }

 private:
  PublisherOptions publisher_options() const {
    PublisherOptions made{.connection = options_for(broker_.uri()),
                          .watching = options_for(broker_.uri()),
                          .node = "test",
                          .confirm_window = options_.window,
                          .reconnect = {.first_delay = std::chrono::milliseconds(20),
                                        .delay_max = std::chrono::milliseconds(200),
                                        .refused_retry = std::chrono::milliseconds(100)},
                          .look_every = options_.look_every};
    options_.adjust(made.connection);
    options_.adjust(made.watching);
    made.watching.stuck_timeout =
        std::min(made.watching.stuck_timeout, std::chrono::milliseconds(2'000));
    return made;
  }

  std::vector<const Recipient*> recipients() override {
    if (!options_.is_recipient) return {};
    return {&recipient_};
  }

  Publication publication_of(const events::Event& event) override {
    Publication made{
        .message = {.properties = {.message_id = event.meta().id.value().to_string(),
                                   .correlation_id = std::to_string(event.meta().seq.value())},
                    .body = event.payload()}};
    if (options_.is_recipient) {
      made.recipients = {&recipient_};
    } else {
      made.listeners = Route{.exchange = name_, .routing_key = event.meta().kind};
      made.reports_unheard = true;
    }
    return made;
  }

  void prepare(Connection& connection) override {
    Channel channel(connection);
    channel.declare_exchange(name_, "topic");
    channel.declare_queue(name_, options_.arguments);
    if (options_.binds_queue) channel.bind_queue(name_, name_, "#");
    options_.declare_also(connection);
  }

  void confirmed(events::Seq upto) override {
    const std::lock_guard lock(mutex_);
    confirmed_ = upto.value();
    changed_.notify_all();
  }

  test::RabbitmqBroker& broker_;
  std::string name_;
  Options options_;
  const Recipient recipient_;
  Watchdog watchdog_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t confirmed_ = 0;
  Publisher publisher_;
};

/// Each of 1 to `last` at least once, and where repeats are left out, in order.
inline void check_complete(const std::vector<std::int64_t>& queued, std::int64_t last) {
  std::set<std::int64_t> seen;
  std::int64_t newest = 0;
  bool in_order = true;
  for (const std::int64_t seq : queued) {
    if (!seen.insert(seq).second) continue;
    in_order = in_order && seq > newest;
    newest = std::max(newest, seq);
  }
  CHECK(in_order);
  CHECK(seen.size() == static_cast<std::size_t>(last));
  CHECK((seen.empty() || (*seen.begin() == 1 && *seen.rbegin() == last)));
}

}  // namespace orderflow::rabbitmq
