// What leaves the node: handed over in log order, and the cursor follows what has arrived.
#include "events/remote/relay.hpp"
#include "events/operations/operations.hpp"
#include "probe.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

struct Recorder final : RelaySink {
  void relay(EventList events) override {
    for (const EventPtr& event : events)
      got.push_back(event);
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const EventPtr& event : got)
      all.push_back(event->meta().key);
    return all;
  }
  EventList got{};
};

host::NodeOptions relaying_to(RelaySink& sink, std::size_t window = 1024) {
  host::NodeOptions options;
  options.relay = RelaySubscription{.sink = &sink, .window = window};
  return options;
}

ProbeModule::Install without_subscriptions() {
  return [](host::Host&) {};
}

/// Confirms that all up to an event has arrived, and lets the cursor follow.
void confirm(Probe& probe, const EventPtr& event) {
  probe.harness.node().dispatcher().relay_confirmed(event->meta().seq);
  probe.harness.run_until_idle();
  probe.harness.advance(1s);
}

TEST_CASE("events are handed over in log order, and the cursor waits for their confirms") {
  Recorder sink;
  Probe probe(without_subscriptions(), relaying_to(sink));
  for (const char* key : {"a", "b", "c"})
    probe.tick(key, 1);
  probe.harness.run_until_idle();
  CHECK(sink.keys() == std::vector<std::string>{"a", "b", "c"});
  CHECK(probe.harness.status(relay_name).in_flight == 3);
  CHECK(probe.harness.status(relay_name).finished_to == Seq{0});

  confirm(probe, sink.got[1]);
  CHECK(probe.harness.status(relay_name).finished_to == sink.got[1]->meta().seq);
  CHECK(probe.harness.status(relay_name).record.cursor == sink.got[1]->meta().seq);
  CHECK(probe.harness.status(relay_name).in_flight == 1);
}

TEST_CASE("what was not confirmed at a crash is handed over again, from there on") {
  Recorder sink;
  Probe probe(without_subscriptions(), relaying_to(sink));
  for (const char* key : {"a", "b", "c"})
    probe.tick(key, 1);
  probe.harness.run_until_idle();
  confirm(probe, sink.got[0]);
  sink.got.clear();
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(sink.keys() == std::vector<std::string>{"b", "c"});
}

TEST_CASE("no more than the window is under way, and the rest follows as room comes") {
  Recorder sink;
  Probe probe(without_subscriptions(), relaying_to(sink, 2));
  for (const char* key : {"a", "b", "c", "d", "e"})
    probe.tick(key, 1);
  probe.harness.run_until_idle();
  CHECK(sink.keys() == std::vector<std::string>{"a", "b"});
  confirm(probe, sink.got[0]);
  CHECK(sink.keys() == std::vector<std::string>{"a", "b", "c"});
  confirm(probe, sink.got[2]);
  CHECK(sink.keys() == std::vector<std::string>{"a", "b", "c", "d", "e"});
}

TEST_CASE("a node that gets a relay keeps to itself what it had published before") {
  Recorder sink;
  Probe probe(without_subscriptions());
  probe.tick("before", 1);
  probe.harness.run_until_idle();
  probe.harness.relay(*relaying_to(sink).relay);
  probe.harness.restart();
  probe.tick("after", 1);
  probe.harness.run_until_idle();
  CHECK(sink.keys() == std::vector<std::string>{"after"});
}

TEST_CASE("a paused relay hands nothing over, and what is under way may be confirmed") {
  Recorder sink;
  Probe probe(without_subscriptions(), relaying_to(sink));
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  const auto pause = [&](bool paused) {
    probe.harness.write("probe", [&](Turn& turn) {
      const auto done = probe.harness.node().dispatcher().operations().set_paused(
          turn.db().connection(), {"test", "c"}, relay_name, paused);
      CHECK(done.has_value());
    });
  };
  pause(true);
  probe.tick("b", 1);
  confirm(probe, sink.got[0]);
  CHECK(sink.keys() == std::vector<std::string>{"a"});
  CHECK(probe.harness.status(relay_name).in_flight == 0);
  pause(false);
  probe.harness.run_until_idle();
  CHECK(sink.keys() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("events that nobody takes do not keep the node from its own work") {
  Recorder sink;
  host::NodeOptions options = relaying_to(sink, 1);
  options.backlog_max = 40;
  Probe probe(without_subscriptions(), options);
  for (int i = 0; i < 30; ++i)
    probe.tick("k" + std::to_string(i), i);
  probe.harness.run_until_idle();
  // As many as 40 would bring new writes to a trickle.
  CHECK(probe.harness.node().dispatcher().admit(100) == 100);
}

}  // namespace
}  // namespace orderflow::events
