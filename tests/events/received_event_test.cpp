// What comes from other nodes: in the log once for each module that it is for, and followed to its
// end.
#include "events/received_event.hpp"
#include "probe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

struct Elsewhere final : RelaySink {
  void relay(EventList events) override { got.insert(got.end(), events.begin(), events.end()); }
  EventList got{};
};

/// What is reported about received events.
struct Reports final : ReceptionObserver {
  void stored(const ReceivedBatch&, std::exception_ptr error) noexcept override {
    is_stored = error == nullptr;
  }
  void chain_finished(CausalTracker::TrackingNumber tracking_number) noexcept override {
    ended.push_back(tracking_number);
  }
  void chain_refused(CausalTracker::TrackingNumber tracking_number, const char*) noexcept override {
    refused.push_back(tracking_number);
  }
  bool is_stored = false;
  std::vector<CausalTracker::TrackingNumber> ended{};
  std::vector<CausalTracker::TrackingNumber> refused{};
};

/// Brings ticks from another node, and keeps what is reported about them.
class Receiver {
 public:
  explicit Receiver(Probe& probe) : probe_(probe) { listen(); }

  void listen() { probe_.harness.node().dispatcher().observe_chains(reports_); }

  ReceivedEvent tick(CausalTracker::TrackingNumber tracking_number, const std::string& key, int n,
                     const std::string& audience = "probe") {
    ReceivedEvent event{.tracking_number = tracking_number, .meta = {}, .payload = {}, .body = {}};
    event.meta.id = EventId{ids_(n)};
    event.meta.kind = Ticked::kind;
    event.meta.key = key;
    event.meta.origin = "far/orders";
    event.meta.home = "far";
    event.meta.correlation_id = "c";
    event.meta.occurred_at = probe_.harness.clock.now();
    event.meta.audience = audience;
    event.payload = nlohmann::json(Ticked{n}).dump();
    event.body = probe_.harness.node().catalog().read(event.meta.kind, 1, event.payload);
    return event;
  }

  void store_received(std::vector<ReceivedEvent> events) {
    host::Node& node = probe_.harness.node();
    reports_->is_stored = false;
    node.writer().submit(std::make_unique<ReceivedEventsWrite>(
        node.dispatcher(), std::make_shared<const std::vector<ReceivedEvent>>(std::move(events)),
        reports_));
    while (!reports_->is_stored && probe_.harness.step()) {
    }
    CHECK(reports_->is_stored);
  }

  std::vector<CausalTracker::TrackingNumber>& ended() { return reports_->ended; }

 private:
  static core::Uuid ids_(int n) {
    core::Uuid id;
    id.bytes[6] = 0x70;
    id.bytes[8] = 0x80;
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return id;
  }

  const std::shared_ptr<Reports> reports_ = std::make_shared<Reports>();
  Probe& probe_;
};

TransactionalSubscription applying(std::string name = "probe.apply") {
  TransactionalSubscription subscription;
  subscription.name = std::move(name);
  subscription.kinds = {std::string(Ticked::kind)};
  subscription.handle = apply;
  return subscription;
}

using TrackingNumbers = std::vector<CausalTracker::TrackingNumber>;

TEST_CASE(
    "a received event is handled once, however often it is received, and keeps what it came with") {
  Probe probe([](host::Host& host) { host.subscribe(applying()); });
  Receiver receiver(probe);
  receiver.store_received({receiver.tick(1, "k", 1)});
  receiver.store_received({receiver.tick(2, "k", 1), receiver.tick(3, "k", 2)});
  probe.harness.run_until_idle();
  CHECK(probe.applied() == std::vector<std::string>{"k:1", "k:2"});
  std::ranges::sort(receiver.ended());
  CHECK(receiver.ended() == TrackingNumbers{1, 2, 3});
  const EventPtr first = probe.harness.log().front();
  const EventMeta& meta = first->meta();
  CHECK(meta.origin == "far/orders");
  CHECK(meta.home == "far");
  CHECK(meta.audience == "probe");
}

TEST_CASE("a received event for another module of the node is not handled by this one") {
  Probe probe([](host::Host& host) { host.subscribe(applying()); });
  Receiver receiver(probe);
  receiver.store_received({receiver.tick(1, "k", 1, "other")});
  probe.harness.run_until_idle();
  CHECK(probe.applied().empty());
  receiver.store_received({receiver.tick(2, "k", 1)});
  probe.harness.run_until_idle();
  CHECK(probe.applied() == std::vector<std::string>{"k:1"});
  CHECK(receiver.ended() == TrackingNumbers{1, 2});

  // Also where it is read from the log.
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.applied() == std::vector<std::string>{"k:1"});
}

TEST_CASE("what this node has published itself is not inserted again") {
  Probe probe([](host::Host& host) { host.subscribe(applying()); });
  Receiver receiver(probe);
  probe.tick("k", 1);
  ReceivedEvent back = receiver.tick(7, "k", 1);
  back.meta.id = probe.harness.log().front()->meta().id;
  receiver.store_received({back});
  probe.harness.run_until_idle();
  CHECK(probe.applied() == std::vector<std::string>{"k:1"});
  CHECK(receiver.ended() == TrackingNumbers{7});
}

/// An effect that a test lets end, and what it publishes then.
struct SlowEffect {
  std::optional<core::Timestamp> ends_at{};
  bool fails = false;

  boost::asio::awaitable<AttemptResult> perform(const Event& event, const EffectContext& context) {
    const core::Timestamp until = *ends_at;
    co_await sleep_until(*context.timers, until);
    if (fails) co_return AttemptResult::failure("it failed");
    co_return AttemptResult::success(
        [&event](Turn& turn) { turn.publish(event.meta().key, Tocked{event.as<Ticked>().n}); });
  }

  EffectSubscription subscription() {
    return {.name = "probe.slow",
            .module = {},
            .kinds = {std::string(Ticked::kind)},
            .perform = [this](const Event& event,
                              const EffectContext& context) { return perform(event, context); },
            .retry = {.first_delay = 1min, .attempts_max = 3}};
  }
};

struct Flow {
  SlowEffect effect{};
  Elsewhere sink{};
  int tocks = 0;
  std::optional<Probe> probe{};
  std::optional<Receiver> receiver{};

  Flow() {
    host::NodeOptions options;
    options.relay = RelaySubscription{.sink = &sink};
    probe.emplace(
        [this](host::Host& host) {
          host.subscribe(effect.subscription());
          TransactionalSubscription counter;
          counter.name = "probe.count";
          counter.kinds = {std::string(Tocked::kind)};
          counter.handle = [this](const Event&, Turn&) { ++tocks; };
          host.subscribe(std::move(counter));
        },
        options);
    receiver.emplace(*probe);
    effect.ends_at = probe->harness.clock.now() + 10s;
  }
};

TEST_CASE(
    "a received event is finished when what it has caused is done here and confirmed elsewhere") {
  Flow flow;
  flow.receiver->store_received({flow.receiver->tick(1, "k", 1)});
  flow.probe->harness.run_until_idle();
  CHECK(flow.receiver->ended().empty());

  flow.probe->harness.advance(10s);
  CHECK(flow.tocks == 1);
  REQUIRE(flow.sink.got.size() == 1);
  CHECK(flow.sink.got.front()->is<Tocked>());
  CHECK(flow.receiver->ended().empty());

  flow.probe->harness.node().dispatcher().relay_confirmed(flow.sink.got.front()->meta().seq);
  flow.probe->harness.run_until_idle();
  CHECK(flow.receiver->ended() == TrackingNumbers{1});
}

TEST_CASE("what a received event causes in its own commit is a part of its chain") {
  SlowEffect slow;
  Probe probe([&](host::Host& host) {
    TransactionalSubscription hand_on;
    hand_on.name = "probe.hand-on";
    hand_on.kinds = {std::string(Ticked::kind)};
    hand_on.handle = [](const Event& event, Turn& turn) {
      turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
    };
    host.subscribe(std::move(hand_on));
    EffectSubscription effect = slow.subscription();
    effect.kinds = {std::string(Tocked::kind)};
    effect.perform = [&](const Event&,
                         const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
      const core::Timestamp until = *slow.ends_at;
      co_await sleep_until(*context.timers, until);
      co_return AttemptResult::success();
    };
    host.subscribe(std::move(effect));
  });
  slow.ends_at = probe.harness.clock.now() + 10s;
  Receiver receiver(probe);
  receiver.store_received({receiver.tick(1, "k", 1), receiver.tick(2, "other", 2)});
  probe.harness.run_until_idle();
  CHECK(probe.harness.published<Tocked>().size() == 2);
  CHECK(receiver.ended().empty());
  probe.harness.advance(10s);
  std::ranges::sort(receiver.ended());
  CHECK(receiver.ended() == TrackingNumbers{1, 2});
}

TEST_CASE("a received event that failed is left to the node's own retries") {
  Flow flow;
  flow.effect.fails = true;
  flow.receiver->store_received({flow.receiver->tick(1, "k", 1), flow.receiver->tick(2, "k", 2)});
  flow.probe->harness.run_until_idle();
  CHECK(flow.receiver->ended().empty());
  flow.probe->harness.advance(10s);
  CHECK(flow.probe->harness.status("probe.slow").record.rows() == 2);
  CHECK(flow.receiver->ended() == TrackingNumbers{1, 2});
}

TEST_CASE("one that is received again after a crash is not finished before the work is") {
  Flow flow;
  flow.receiver->store_received({flow.receiver->tick(1, "k", 1)});
  flow.probe->harness.run_until_idle();
  flow.probe->harness.restart();
  flow.receiver->listen();
  flow.effect.ends_at = flow.probe->harness.clock.now() + 20s;
  flow.probe->harness.run_until_idle();
  flow.receiver->store_received({flow.receiver->tick(1, "k", 1)});
  flow.probe->harness.advance(10s);
  CHECK(flow.receiver->ended().empty());
  flow.probe->harness.advance(10s);
  REQUIRE(flow.sink.got.size() == 1);
  CHECK(flow.receiver->ended().empty());

  // Brought once more while what it has caused is under way.
  flow.receiver->store_received({flow.receiver->tick(2, "k", 1)});
  flow.probe->harness.run_until_idle();
  CHECK(flow.receiver->ended().empty());
  flow.probe->harness.node().dispatcher().relay_confirmed(flow.sink.got.front()->meta().seq);
  flow.probe->harness.run_until_idle();
  std::ranges::sort(flow.receiver->ended());
  CHECK(flow.receiver->ended() == TrackingNumbers{1, 2});

  // And when all is done.
  flow.receiver->store_received({flow.receiver->tick(3, "k", 1)});
  flow.probe->harness.run_until_idle();
  CHECK(flow.receiver->ended().back() == 3);
}

TEST_CASE("what is published later of a key goes to its home node") {
  Probe probe([](host::Host&) {});
  Receiver receiver(probe);
  receiver.store_received({receiver.tick(1, "theirs", 1)});
  probe.tick("theirs", 2);
  probe.tick("ours", 3);
  const EventList log = probe.harness.log();
  REQUIRE(log.size() == 3);
  CHECK(log[1]->meta().home == "far");
  CHECK(log[2]->meta().home == probe.harness.node().name());
}

TEST_CASE("what came from elsewhere does not go out again") {
  Flow flow;
  flow.effect.ends_at = flow.probe->harness.clock.now();
  flow.receiver->store_received({flow.receiver->tick(1, "k", 1)});
  flow.probe->harness.advance(1s);
  REQUIRE(flow.sink.got.size() == 1);
  CHECK_FALSE(flow.sink.got.front()->is<Ticked>());
}

}  // namespace
}  // namespace orderflow::events
