#include "probe.hpp"

#include "events/effect_run.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <functional>

namespace orderflow::events {
namespace {

/// Launches nothing, and looks at what is on disk at that moment.
class WatchingLauncher final : public EffectLauncher {
 public:
  void launch(std::vector<EffectRunPtr> runs) override {
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
    turn.emit("a", Ticked{1});
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
  effect.perform = [](const Event&, const EffectContext&) -> boost::asio::awaitable<Outcome> {
    co_return Outcome::success();
  };
  return effect;
}

TEST_CASE("an effect is launched when its intention is on disk, not a moment before") {
  test::TemporaryFolder folder;
  boost::asio::io_context home;
  core::ManualClock clock(core::from_micros(1'700'000'000'000'000));
  ManualTimers timers;
  WatchingLauncher launcher;
  ProbeModule probe([](host::Host& host) { host.subscribe(preparing_effect()); });
  host::Module* const modules[] = {&probe};
  host::NodeOptions options{.data_folder = folder.path() / "data", .name = "test"};
  options.migrations.push_back({"probe", 1, "applied",
                                "CREATE TABLE probe_applied(place INTEGER PRIMARY KEY,"
                                " key TEXT NOT NULL, n INTEGER NOT NULL) STRICT"});
  host::Node node(std::move(options),
                  {.clock = clock, .timers = timers, .launcher = launcher, .seed = 1}, modules,
                  modules);
  launcher.count_prepared = [&] {
    return node.services().readers.read("probe", [](storage::Session session) {
      auto rows = session.query("SELECT count(*) FROM probe_applied");
      rows.next();
      return rows.get<int>(0);
    });
  };
  node.writer().submit(std::make_unique<Tick>(home, node.dispatcher()));
  while (node.writer().step()) {
  }
  CHECK(launcher.launches == 1);
  CHECK(launcher.prepared_rows_seen == 1);
}

}  // namespace
}  // namespace orderflow::events
