#include "probe.hpp"

#include "events/effects/effect_run.hpp"
#include "events/log/event_log.hpp"
#include "events/remote/relay.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace orderflow::events {
namespace {

/// Launches nothing, and looks at what is on disk at that moment.
class WatchingLauncher final : public EffectLauncher {
 public:
  void launch(std::vector<EffectRunPtr> runs, EffectSink&) override {
    if (runs.empty()) return;
    ++launches;
    prepared_rows_seen = count_prepared();
  }
  void launch(BackgroundTask) override {}

  std::function<int()> count_prepared{};
  int launches = 0;
  int prepared_rows_seen = -1;
};

class Tick final : public storage::Write {
 public:
  Tick(boost::asio::io_context& home, Dispatcher& dispatcher)
      : Write(home.get_executor()), dispatcher_(dispatcher) {}
  void run(storage::Connection& connection) override {
    const core::TraceContext trace{"test", ""};
    Turn turn(dispatcher_.turn_services(), connection, "probe", trace);
    turn.publish("a", Ticked{1});
  }
  void complete(std::exception_ptr) override {}

 private:
  Dispatcher& dispatcher_;
};

EffectSubscription preparing_effect() {
  EffectSubscription effect;
  effect.name = "probe.effect";
  effect.kinds = {std::string(Ticked::kind)};
  effect.prepare = [](const Event& event, const EffectContext&, Turn& turn) {
    apply(event, turn);
    return true;
  };
  effect.perform = [](const Event&, const EffectContext&) -> boost::asio::awaitable<AttemptResult> {
    co_return AttemptResult::success();
  };
  return effect;
}

/// Counts what is handed over, and looks at what others can read of the log at that moment.
struct WatchingSink final : RelaySink {
  void relay(EventList events) override {
    handed_over += static_cast<int>(events.size());
    logged_when_handed_over = count_logged();
  }

  std::function<int()> count_logged{};
  int handed_over = 0;
  int logged_when_handed_over = -1;
};

/// A node whose writer a test steps, with those that pass its events on to others.
struct WatchedNode {
  WatchedNode() {
    launcher.count_prepared = [this] {
      return count("probe", "SELECT count(*) FROM probe_applied");
    };
    sink.count_logged = [this] { return count(event_owner, "SELECT count(*) FROM event_log"); };
  }

  int count(std::string_view owner, std::string_view sql) {
    return node.services().readers.read(owner, [sql](storage::Session session) {
      auto rows = session.query(sql);
      rows.next();
      return rows.get<int>(0);
    });
  }
  host::NodeOptions options() {
    host::NodeOptions result{.data_folder = folder.path() / "data", .name = "test"};
    result.relay = RelaySubscription{.sink = &sink};
    result.migrations.push_back({"probe", 1, "applied",
                                 "CREATE TABLE probe_applied(place INTEGER PRIMARY KEY,"
                                 " key TEXT NOT NULL, n INTEGER NOT NULL) STRICT"});
    return result;
  }
  void tick() { node.writer().submit(std::make_unique<Tick>(home, node.dispatcher())); }

  test::TemporaryFolder folder;
  boost::asio::io_context home;
  core::ManualClock clock{core::from_micros(1'700'000'000'000'000)};
  ManualTimers timers;
  WatchingLauncher launcher;
  WatchingSink sink;
  ProbeModule probe{[](host::Host& host) { host.subscribe(preparing_effect()); }};
  host::Module* const modules[1] = {&probe};
  host::Node node{options(),
                  {.clock = clock, .timers = timers, .launcher = launcher, .seed = 1},
                  modules,
                  modules};
};

TEST_CASE_FIXTURE(WatchedNode,
                  "an effect is launched when its intention is on disk, not a moment before") {
  tick();
  while (node.writer().step()) {
  }
  CHECK(launcher.launches == 1);
  CHECK(launcher.prepared_rows_seen == 1);
}

TEST_CASE_FIXTURE(WatchedNode, "an event leaves the node when it is on disk, not a moment before") {
  tick();
  while (node.writer().step()) {
  }
  CHECK(sink.handed_over == 1);
  CHECK(sink.logged_when_handed_over == 1);
}

}  // namespace
}  // namespace orderflow::events
