#pragma once

#include "core/order_id.hpp"
#include "events/delivery/timers.hpp"
#include "events/effect_executor.hpp"
#include "events/flow_status.hpp"
#include "events/log/catalog.hpp"
#include "host/module.hpp"
#include "host/node.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {

/// Runs one module (or some) alone, on a temporary database, with a manual clock and without
/// threads: feed it events, let it work, and see what it published.
///
///     ModuleHarness harness(billing::make_module());
///     harness.publish("orders", order_id, OrderCreated{…});
///     harness.run_until_idle();
///     CHECK(harness.published<PaymentRequested>().size() == 1);
///
/// Everything happens inside the calls, on the calling thread, in an order that the seed decides.
class ModuleHarness {
 public:
  /// `settings` is a settings file's text. `extra_migrations` are for modules that a test makes up.
  explicit ModuleHarness(std::unique_ptr<host::Module> module, std::string settings = "{}");
  /// Folder, name and migrations of `options` are the harness's own.
  explicit ModuleHarness(std::vector<std::unique_ptr<host::Module>> modules,
                         std::string settings = "{}",
                         std::vector<storage::Migration> extra_migrations = {},
                         host::NodeOptions options = {});
  ~ModuleHarness();

  /// Publishes an event as `from` would, a module that is not here. Returns it as it stands in the
  /// log.
  template <class E>
  events::EventPtr publish(std::string_view from, const std::string& key, const E& event) {
    return write(from, [&](events::Turn& turn) { turn.publish(key, event); });
  }

  template <class E>
  events::EventPtr publish(std::string_view from, core::OrderId key, const E& event) {
    return publish(from, key.value().to_string(), event);
  }

  /// Runs a body as a turn of `module` and commits it; the last event it published, if any. Throws
  /// what the body threw.
  events::EventPtr write(std::string_view module, const std::function<void(events::Turn&)>& body);

  /// Lets the writer commit one batch, if there is work for one, and the effects, answers and
  /// timers that are due continue. False where there was nothing to do.
  bool step();

  /// Works until nothing is left to do at this moment of the clock. Timers that are due fire; the
  /// clock stands still.
  void run_until_idle();

  /// Moves the clock, then works until idle.
  void advance(core::Duration by);

  /// Moves the clock to whatever is due next (a retry, a timer, a deadline), again and again, until
  /// nothing is due within `limit`.
  void run_to_the_end(core::Duration limit = std::chrono::hours{24});

  /// All events in the log that `origin`'s modules published, in order.
  events::EventList log();
  /// The bodies of all events of type `E` in the log, in order.
  template <class E>
  std::vector<E> published() {
    std::vector<E> found;
    for (const auto& event : log()) {
      if (event->kind() == E::kind) found.push_back(event->as<E>());
    }
    return found;
  }

  /// Sends a request through the routing table, as a client would, and works until it is answered.
  /// Names of headers are in lower case.
  http::Response call(http::Method method, std::string_view target, std::string body = "",
                      http::Fields headers = {});

  /// A request whose answer may take its time.
  struct OpenCall {
    http::Request request;
    std::optional<http::Response> response;  ///< set once it is answered
    std::exception_ptr error;                ///< what the handler threw
    bool done() const noexcept { return response || error; }
  };

  /// Sends a request and returns at once; `step`, `run_until_idle` and the like take it on.
  std::shared_ptr<OpenCall> open(http::Method method, std::string_view target,
                                 std::string body = "", http::Fields headers = {});

  /// Ends the node where it stands, like a crash without a torn write, and starts it again on the
  /// same data. Effects in flight are forgotten.
  void restart();

  /// From the next restart on the node has this relay.
  void relay(events::RelaySubscription subscription) { options_.relay = std::move(subscription); }

  /// From the next restart on only the modules of these names are hosted.
  void host_only(std::set<std::string, std::less<>> names) { hosted_ = std::move(names); }

  events::SubscriptionStatus status(std::string_view subscription);

  /// Rows of a query on the tables of `owner`, columns joined by "|".
  std::vector<std::string> rows(std::string_view owner, std::string_view sql);

  core::ManualClock clock;
  host::Node& node() { return *node_; }
  const std::filesystem::path& data_folder() const { return folder_; }

 private:
  void start();
  void end();

  std::vector<std::unique_ptr<host::Module>> modules_;
  std::optional<std::set<std::string, std::less<>>> hosted_;  ///< nothing: all
  host::NodeOptions options_;
  std::filesystem::path folder_;
  std::uint64_t seed_ = 1;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<events::ManualTimers> timers_;
  std::unique_ptr<events::EffectExecutor> executor_;
  std::unique_ptr<host::Node> node_;
};

}  // namespace orderflow::test
