// One name, one node: who holds a name on the real broker, and what others are told meanwhile.
#include "rabbitmq/nodes/name_lock.hpp"

#include "test_connection.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;
using bridge::ConnectionState;

/// A node that wants a name, and what it has been told.
class Claimant {
 public:
  Claimant(test::RabbitmqBroker& broker, const std::string& node,
           std::chrono::milliseconds patience, std::chrono::milliseconds reconnect = 20ms)
      : lock_(
            {.connection = options_for(broker.uri()),
             .node = node,
             .patience = patience,
             .reconnect = {.first_delay = reconnect,
                           .delay_max = 10 * reconnect,
                           .refused_retry = 100ms}},
            watchdog_, gate_, [this](bool is_taken) { takes_no_orders_ = is_taken; },
            std::make_unique<core::SeededRandom>(1)) {}

  bool wait_for(const std::function<bool(const Claimant&)>& reached) const {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!reached(*this)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }

  bool holds() const {
    return lock_.status().state == ConnectionState::connected && !gate_.closed();
  }
  bool is_refused() const { return lock_.status().state == ConnectionState::refused; }
  bool takes_no_orders() const { return takes_no_orders_; }
  bridge::NameStatus status() const { return lock_.status(); }
  const bridge::Gate& gate() const { return gate_; }
  void stop() { lock_.stop(); }

 private:
  Watchdog watchdog_;
  bridge::Gate gate_;
  std::atomic<bool> takes_no_orders_ = false;
  NameLock lock_;
};

bool holds(const Claimant& claimant) {
  return claimant.holds();
}

TEST_CASE("of two nodes with one name the second is refused by name until the first has ended") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Claimant first(*broker, "twin", 300ms);
  REQUIRE(first.wait_for(holds));
  CHECK_FALSE(first.takes_no_orders());
  Claimant other(*broker, "somebody", 300ms);
  REQUIRE(other.wait_for(holds));

  Claimant second(*broker, "twin", 300ms);
  REQUIRE(second.wait_for([](const Claimant& now) { return now.is_refused(); }));
  CHECK(second.takes_no_orders());
  CHECK(contains(second.status().message, "another node named \"twin\""));
  CHECK(contains(second.status().message, "node.name"));
  REQUIRE(second.gate().closed());
  CHECK(second.gate().closed()->state == ConnectionState::refused);
  CHECK(first.holds());

  first.stop();
  CHECK(first.gate().closed());
  REQUIRE(second.wait_for(holds));
  CHECK(second.wait_for([](const Claimant& now) { return !now.takes_no_orders(); }));
}

/// Ends the connection that holds a name.
void cut_off(test::RabbitmqBroker& broker, const std::string& node) {
  broker.control({"eval", "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"" +
                              name_queue(node) +
                              "\">>)), rabbit_networking:close_connection("
                              "amqqueue:get_exclusive_owner(Q), \"test\")."});
}

/// Takes the name as soon as it is free.
void haunt(Connection& ghost, const std::string& node) {
  for (int attempt = 0; attempt < 60'000; ++attempt) {
    Channel channel(ghost);
    try {
      channel.declare_exclusive_queue(name_queue(node));
      return;
    } catch (const bridge::BrokerRefused&) {
      std::this_thread::sleep_for(1ms);
    }
  }
  FAIL("the name does not become free");
}

TEST_CASE("a node that had its name waits where somebody else has it, and takes orders meanwhile") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Claimant node(*broker, "cut-off", 1h, 3s);
  REQUIRE(node.wait_for(holds));
  // Stands for what the broker keeps of a connection that was cut, until its heartbeats fail.
  Watchdog watchdog;
  auto ghost = std::make_unique<Connection>(options_for(broker->uri()), watchdog);
  std::thread cutting([&] { cut_off(*broker, "cut-off"); });
  haunt(*ghost, "cut-off");
  cutting.join();
  CHECK(node.wait_for(
      [](const Claimant& now) { return contains(now.status().message, "somebody is connected"); }));
  CHECK_FALSE(node.is_refused());
  CHECK_FALSE(node.takes_no_orders());
  CHECK(node.gate().closed());
  ghost.reset();
  REQUIRE(node.wait_for(holds));
}

TEST_CASE("a node that loses its name stops what needs it, says why, and takes it again") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Claimant node(*broker, "loser", 300ms);
  REQUIRE(node.wait_for(holds));
  std::string reason;
  const auto lost = [&](const Claimant& now) {
    const auto closed = now.gate().closed();
    if (closed) reason = closed->reason;
    return closed.has_value();
  };
  std::thread deleting([&] {
    broker->control({"eval",
                     "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, "
                     "<<\"orderflow.node.loser\">>)), "
                     "rabbit_amqqueue:delete_immediately([amqqueue:get_pid(Q)])."});
  });
  CHECK(node.wait_for(lost));
  deleting.join();
  CHECK(contains(reason, "does not hold its name"));
  REQUIRE(node.wait_for(holds));
}

}  // namespace
}  // namespace orderflow::rabbitmq
