// How the nodes of a module share its shards, on the real broker.
#include "rabbitmq/nodes/shard_balance.hpp"
#include "rabbitmq/nodes/shard_seats.hpp"

#include "test_connection.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

using Shards = std::vector<unsigned>;

/// A connection with a seat among those of the module.
struct Sitting {
  Sitting(test::RabbitmqBroker& broker, const std::string& queue, unsigned shards)
      : connection(options_for(broker.uri()), watchdog), seats(connection, queue, shards) {}

  Watchdog watchdog;
  Connection connection;
  ShardSeats seats;
};

TEST_CASE("nodes of a module share its shards evenly, as many as there are") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  const auto join = [&] { return std::make_unique<Sitting>(*broker, "seats", 4); };
  auto first = join();
  CHECK(first->seats.look() == Shards{0, 1, 2, 3});
  auto second = join();
  CHECK(second->seats.look() == Shards{1, 3});
  CHECK(first->seats.look() == Shards{0, 2});
  auto third = join();
  CHECK(third->seats.look() == Shards{2});
  CHECK(second->seats.look() == Shards{1});
  CHECK(first->seats.look() == Shards{0, 3});
  auto fourth = join();
  auto fifth = join();
  CHECK(fourth->seats.look() == Shards{3});
  CHECK(fifth->seats.look().empty());  // there are no more seats than shards
  CHECK(third->seats.look() == Shards{2});

  // Who is left moves up, as soon as the broker has freed the seats.
  const std::vector<Sitting*> left{second.get(), third.get(), fifth.get()};
  first.reset();
  fourth.reset();
  std::vector<std::size_t> shares;
  for (int turn = 0; turn < 10'000 && shares != std::vector<std::size_t>{1, 1, 2}; ++turn) {
    std::set<unsigned> all;
    shares.clear();
    for (Sitting* sitting : left) {
      const Shards mine = sitting->seats.look();
      all.insert(mine.begin(), mine.end());
      shares.push_back(mine.size());
    }
    std::ranges::sort(shares);
    if (all.size() < 4) shares.clear();
  }
  CHECK(shares == std::vector<std::size_t>{1, 1, 2});
}

TEST_CASE("a shard is locked by one node at a time") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Sitting one(*broker, "locks", 2);
  auto other = std::make_unique<Sitting>(*broker, "locks", 2);
  CHECK(other->seats.claim(0));
  CHECK_FALSE(one.seats.claim(0));
  CHECK(one.seats.claim(1));
  other->seats.release(0);
  CHECK(one.seats.claim(0));
  CHECK_FALSE(other->seats.claim(1));
}

/// A node whose consumer does what it is told and keeps it.
class Worker final : public ShardBalance::Queues {
 public:
  Worker(test::RabbitmqBroker& broker, const std::string& queue)
      : connection_(options_for(broker.uri()), watchdog_),
        balance_(
            {{.queue = queue, .shards = {{queue + "-0", "billing"}, {queue + "-1", "billing"}}}},
            *this) {
    balance_.begin(connection_);
  }

  void look() { balance_.look(now_ += ShardBalance::look_every); }
  void look_after(std::chrono::seconds pause) { balance_.look(now_ += pause); }

  std::set<std::string> opened{};
  std::set<std::string> left{};
  bool is_done = false;

 private:
  void open(const bridge::ConsumedQueue& queue) override { opened.insert(queue.name); }
  void leave(const bridge::ConsumedQueue& queue) override { left.insert(queue.name); }
  bool is_finished(const bridge::ConsumedQueue&) const override { return is_done; }
  void close(const bridge::ConsumedQueue& queue) override {
    opened.erase(queue.name);
    left.erase(queue.name);
  }

  Watchdog watchdog_;
  Connection connection_;
  ShardBalance balance_;
  ShardBalance::Clock::time_point now_{1h};
};

using Queues = std::set<std::string>;

TEST_CASE("a node that has more than its share gives up a shard when it is done with it") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Worker first(*broker, "share");
  first.look();
  CHECK(first.opened == Queues{"share-0", "share-1"});
  auto second = std::make_unique<Worker>(*broker, "share");
  second->look();
  CHECK(second->opened.empty());  // the other is not done with it
  first.look();
  CHECK(first.left == Queues{"share-1"});
  first.look();
  second->look();
  CHECK(second->opened.empty());
  SUBCASE("done") {
    first.is_done = true;
  }
  SUBCASE("not done for so long that it is handed over as it is") {
    first.look_after(ShardBalance::leaving_max);
  }
  first.look();
  CHECK(first.opened == Queues{"share-0"});
  second->look();
  CHECK(second->opened == Queues{"share-1"});
  second.reset();
  // The broker frees what was held, in its time.
  for (int turn = 0; turn < 1'000 && first.opened.size() < 2; ++turn)
    first.look();
  CHECK(first.opened == Queues{"share-0", "share-1"});
}

}  // namespace
}  // namespace orderflow::rabbitmq
