// What waits in a row of this node is on its disk alone: the message that it came by is not let go
// of, within bounds.
#include "events/received_event.hpp"
#include "operator.hpp"
#include "probe.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<CausalTracker::TrackingNumber>;

struct Ends final : ReceptionObserver {
  void stored(const ReceivedBatch&, std::exception_ptr) noexcept override {}
  void chain_finished(CausalTracker::TrackingNumber number) noexcept override {
    numbers.push_back(number);
  }
  void chain_refused(CausalTracker::TrackingNumber, const char*) noexcept override {}
  Numbers numbers{};
};

/// Applies ticks; while it fails, none.
struct HoldingNode {
  explicit HoldingNode(HeldChains limits) : limits_(limits) { listen(); }

  void listen() { probe.harness.node().dispatcher().observe_chains(ends, limits_); }

  void receive(CausalTracker::TrackingNumber number, const std::string& key) {
    ReceivedEvent event{.tracking_number = number, .meta = {}, .payload = {}, .body = {}};
    core::Uuid id;
    id.bytes[6] = 0x70;
    for (std::size_t i = 0; i < key.size(); ++i)
      id.bytes[8 + i] = static_cast<std::uint8_t>(key[i]);
    event.meta.id = EventId{id};
    event.meta.kind = Ticked::kind;
    event.meta.key = key;
    event.meta.origin = "far/orders";
    event.meta.home = "far";
    event.meta.correlation_id = "c";
    event.meta.occurred_at = probe.harness.clock.now();
    event.meta.audience = "probe";
    event.payload = nlohmann::json(Ticked{1}).dump();
    event.body = probe.harness.node().catalog().read(event.meta.kind, 1, event.payload);
    probe.harness.node().writer().submit(std::make_unique<ReceivedEventsWrite>(
        probe.harness.node().dispatcher(),
        std::make_shared<const std::vector<ReceivedEvent>>(std::vector{event}), ends));
    probe.harness.run_until_idle();
  }

  TransactionalSubscription handler() {
    TransactionalSubscription made;
    made.name = "probe.apply";
    made.kinds = {std::string(Ticked::kind)};
    made.retry = {.first_delay = 1min, .delay_max = 1min, .attempts_max = attempts};
    made.handle = [this](const Event& event, Turn& turn) {
      if (fails) throw std::runtime_error("not now");
      apply(event, turn);
    };
    return made;
  }

  HeldChains limits_;
  bool fails = true;
  int attempts = 1'000;
  std::shared_ptr<Ends> ends = std::make_shared<Ends>();
  Probe probe{[this](host::Host& host) { host.subscribe(handler()); }};
};

TEST_CASE("what waits for a retry is not finished, until it has succeeded") {
  HoldingNode node({.max = 8, .longest = 15min});
  node.receive(1, "a");
  node.probe.harness.advance(5min);
  CHECK(node.ends->numbers.empty());
  node.fails = false;
  node.probe.harness.advance(1min);
  CHECK(node.ends->numbers == Numbers{1});
  node.receive(2, "b");
  CHECK(node.ends->numbers == Numbers{1, 2});
}

TEST_CASE("it is not held for longer than the limit, though nothing else happens") {
  HoldingNode node({.max = 8, .longest = 15min});
  node.receive(1, "a");
  node.probe.harness.advance(14min);
  CHECK(node.ends->numbers.empty());
  node.probe.harness.advance(1min);
  CHECK(node.ends->numbers == Numbers{1});
}

TEST_CASE("of more than may be held the oldest are let go of") {
  HoldingNode node({.max = 2, .longest = 15min});
  node.receive(1, "a");
  node.receive(2, "b");
  CHECK(node.ends->numbers.empty());
  node.receive(3, "c");
  CHECK(node.ends->numbers == Numbers{1});
}

TEST_CASE("what comes again after a restart is held for the row that it has") {
  HoldingNode node({.max = 8, .longest = 15min});
  node.receive(1, "a");
  node.probe.harness.restart();
  node.listen();
  node.receive(2, "a");
  CHECK(node.ends->numbers.empty());
  node.fails = false;
  node.probe.harness.advance(1min);
  CHECK(node.ends->numbers == Numbers{2});
}

TEST_CASE("a dead letter holds its message too, until the operator has decided") {
  HoldingNode node({.max = 8, .longest = 15min});
  node.attempts = 1;
  node.probe.harness.restart();
  node.listen();
  node.receive(1, "a");
  CHECK(node.ends->numbers.empty());
  Operator operator_(node.probe.harness);
  CHECK(operator_.discard("probe.apply", 1).has_value());
  node.probe.harness.run_until_idle();
  CHECK(node.ends->numbers == Numbers{1});
}

}  // namespace
}  // namespace orderflow::events
