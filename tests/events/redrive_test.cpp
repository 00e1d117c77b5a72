// What is sent once more, because a queue or a disk was lost: who gets it, and who answers it
// again.
#include "events/received_event.hpp"
#include "probe.hpp"
#include "retained.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

/// What the module elsewhere publishes.
struct Chimed {
  static constexpr std::string_view kind = "chime.happened";
  static constexpr int version = 1;
};
[[maybe_unused]] inline void to_json(nlohmann::json& json, const Chimed&) {
  json = nlohmann::json::object();
}
[[maybe_unused]] inline void from_json(const nlohmann::json&, Chimed&) {}

/// Subscribes to ticks, which it answers by chimes, and to tocks; another one to ticks.
class FarModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "far"; }
  void configure(const config::Section&) override {}
  void describe(Catalog& catalog) const override {
    catalog.add_schema(Chimed::kind, 1, "{}");
    catalog.add<Chimed>("far");
    catalog.subscribe("far", Ticked::kind);
    catalog.subscribe("far", Tocked::kind);
    catalog.subscribe("listener", Ticked::kind);
    catalog.subscribe("probe", Chimed::kind, Distribution::home_node);
  }
  void install(host::Host&) override {}
};

class NamedModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "listener"; }
  void configure(const config::Section&) override {}
  void describe(Catalog&) const override {}
  void install(host::Host&) override {}
};

struct Sink final : RelaySink {
  void relay(EventList events) override {
    handed_over.insert(handed_over.end(), events.begin(), events.end());
  }
  bool redrive(Redrive again) override {
    redriven.push_back(std::move(again));
    return true;
  }
  EventList handed_over{};
  std::vector<Redrive> redriven{};
};

struct Reports final : ReceptionObserver {
  void stored(const ReceivedBatch&, std::exception_ptr) noexcept override { ++batches; }
  void chain_finished(CausalTracker::TrackingNumber number) noexcept override {
    ended.push_back(number);
  }
  void chain_refused(CausalTracker::TrackingNumber number, const char*) noexcept override {
    refused.push_back(number);
  }
  int batches = 0;
  std::vector<CausalTracker::TrackingNumber> ended{};
  std::vector<CausalTracker::TrackingNumber> refused{};
};

using Numbers = std::vector<CausalTracker::TrackingNumber>;

/// A node of the probe module, which handles each tick once and publishes a tock; the others are
/// elsewhere.
struct SplitNode {
  explicit SplitNode(core::Duration keep = 0h)
      : harness(modules(), "{}",
                {{"probe", 1, "applied",
                  "CREATE TABLE probe_applied(place INTEGER PRIMARY KEY, key TEXT NOT NULL,"
                  " n INTEGER NOT NULL) STRICT"}},
                options(sink, keep)) {
    harness.host_only({"probe"});
    restart();
  }

  void restart() {
    harness.restart();
    harness.node().dispatcher().observe_chains(reports);
  }

  void receive(CausalTracker::TrackingNumber number, const std::string& wanted_by = {},
               core::Duration age = 0s) {
    ReceivedEvent event{.tracking_number = number, .meta = {}, .payload = {}, .body = {}};
    core::Uuid id;
    id.bytes[6] = 0x70;
    id.bytes[15] = static_cast<std::uint8_t>(tick);
    event.meta.id = EventId{id};
    event.meta.kind = Ticked::kind;
    event.meta.key = "k";
    event.meta.origin = "other/far";
    event.meta.home = "other";
    event.meta.correlation_id = "c";
    event.meta.occurred_at = harness.clock.now() - age;
    event.meta.audience = "probe";
    event.payload = nlohmann::json(Ticked{tick}).dump();
    event.body = harness.node().catalog().read(event.meta.kind, 1, event.payload);
    event.wanted_by = wanted_by;
    const int before = reports->batches;
    harness.node().writer().submit(std::make_unique<ReceivedEventsWrite>(
        harness.node().dispatcher(),
        std::make_shared<const std::vector<ReceivedEvent>>(std::vector{event}), reports));
    harness.run_until_idle();
    CHECK(reports->batches == before + 1);
  }

  void confirm_all() {
    harness.node().dispatcher().relay_confirmed(harness.node().dispatcher().newest());
    harness.run_until_idle();
    harness.advance(1s);
  }

  std::optional<std::size_t> redrive(const std::string& key, const std::string& wanted_by) {
    std::optional<std::size_t> count;
    harness.write("probe", [&](Turn& turn) {
      count =
          harness.node().dispatcher().redrives().redrive(turn.db().connection(), key, wanted_by);
    });
    return count;
  }

  std::int64_t applied() {
    return std::stoll(harness.rows("probe", "SELECT count(*) FROM probe_applied").front());
  }

  static host::NodeOptions options(Sink& sink, core::Duration keep) {
    host::NodeOptions made = keeping(keep);
    made.relay = RelaySubscription{.sink = &sink};
    return made;
  }

  static std::vector<std::unique_ptr<host::Module>> modules() {
    std::vector<std::unique_ptr<host::Module>> all;
    all.push_back(std::make_unique<ProbeModule>([](host::Host& host) {
      TransactionalSubscription handler;
      handler.name = "probe.apply";
      handler.kinds = {std::string(Ticked::kind)};
      handler.handle = [](const Event& event, Turn& turn) {
        apply(event, turn);
        turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
      };
      host.subscribe(std::move(handler));
    }));
    all.push_back(std::make_unique<FarModule>());
    all.push_back(std::make_unique<NamedModule>());
    return all;
  }

  int tick = 1;
  Sink sink{};
  std::shared_ptr<Reports> reports = std::make_shared<Reports>();
  test::ModuleHarness harness;
};

TEST_CASE("what is sent once more goes to the modules that are to answer, and to nobody else") {
  SplitNode node;
  node.harness.publish("probe", "k", Ticked{1});
  node.harness.run_until_idle();
  CHECK_MESSAGE(!node.redrive("k", "probe"), "the broker does not have it yet");
  node.confirm_all();
  CHECK(node.redrive("k", "probe") == 2);
  node.harness.run_until_idle();
  REQUIRE(node.sink.redriven.size() == 1);
  const Redrive& again = node.sink.redriven.front();
  CHECK(again.wanted_by == "probe");
  REQUIRE(again.events.size() == 2);
  CHECK(again.events[0].event->is<Ticked>());
  CHECK(again.events[1].event->is<Tocked>());
  for (const RedrivenEvent& event : again.events)
    CHECK(event.receiver == "far");
  CHECK(node.sink.handed_over.size() == 2);

  // For another one it is sent to that one too.
  CHECK(node.redrive("k", "listener") == 1);
  CHECK(node.sink.redriven.back().events.front().receiver == "listener");
  CHECK(node.redrive("another key", "probe") == 0);
}

TEST_CASE("what is older than receivers remember is not sent once more") {
  SplitNode node;
  node.harness.publish("probe", "k", Ticked{1});
  node.harness.run_until_idle();
  node.confirm_all();
  node.harness.advance(redrivable_for);
  CHECK(node.redrive("k", "probe") == 0);
  CHECK(received_remembered_for > redrivable_for);
}

TEST_CASE("a known event that is sent once more is answered again, and handled no second time") {
  SplitNode node;
  node.receive(1);
  node.confirm_all();
  CHECK(node.reports->ended == Numbers{1});
  node.receive(2);
  CHECK(node.reports->ended == Numbers{1, 2});
  CHECK_MESSAGE(node.sink.redriven.empty(), "nobody has asked for an answer");

  node.receive(3, "far");
  CHECK(node.applied() == 1);
  REQUIRE(node.sink.redriven.size() == 1);
  const Redrive& again = node.sink.redriven.front();
  REQUIRE(again.events.size() == 1);
  CHECK(again.events.front().event->is<Tocked>());
  CHECK(again.events.front().receiver == "far");
  // The broker does not have the answer yet.
  CHECK(node.reports->ended == Numbers{1, 2});
  again.done();
  node.harness.run_until_idle();
  CHECK(node.reports->ended == Numbers{1, 2, 3});

  // One who subscribes to nothing of it gets nothing.
  node.receive(4, "listener");
  CHECK(node.sink.redriven.size() == 1);
  CHECK(node.reports->ended == Numbers{1, 2, 3, 4});
}

TEST_CASE("an event that is sent once more and was never received is handled like any other") {
  SplitNode node;
  node.receive(1, "far");
  CHECK(node.applied() == 1);
  CHECK(node.sink.redriven.empty());
  REQUIRE(node.sink.handed_over.size() == 1);
  CHECK(node.sink.handed_over.front()->is<Tocked>());
}

TEST_CASE("what was received is known beyond retention, and refused where it cannot be answered") {
  SplitNode node(1h);
  node.receive(1);
  node.confirm_all();
  node.harness.advance(2h);
  scan(node.harness);
  CHECK(positions(node.harness).empty());
  node.receive(2, "", 2h);
  CHECK(node.applied() == 1);
  CHECK(node.reports->ended == Numbers{1, 2});
  node.receive(3, "far", 2h);
  CHECK(node.applied() == 1);
  CHECK(node.reports->refused == Numbers{3});
}

TEST_CASE("so old an event that nobody knows whether it came before is refused") {
  SplitNode node(1h);
  node.receive(1);
  node.confirm_all();
  node.harness.advance(received_remembered_for + 48h);
  scan(node.harness);
  node.tick = 2;
  node.receive(2);
  node.confirm_all();
  node.harness.advance(2h);
  scan(node.harness);
  CHECK(node.harness.rows("event", "SELECT count(*) FROM event_removed") ==
        std::vector<std::string>{"1"});
  node.tick = 1;
  node.receive(3, "far", received_remembered_for + 49h);
  CHECK(node.applied() == 2);
  CHECK(node.reports->refused == Numbers{3});
}

}  // namespace
}  // namespace orderflow::events
