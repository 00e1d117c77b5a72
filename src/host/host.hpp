#pragma once

#include "events/commit.hpp"
#include "events/delivery/subscription.hpp"
#include "events/effects/effect_run.hpp"
#include "events/log/event_log.hpp"
#include "events/log/live_feed.hpp"
#include "events/log/log_incarnations.hpp"
#include "http/routing/router.hpp"
#include "outbound/destination.hpp"
#include "storage/error.hpp"
#include "storage/readers.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {
class Dispatcher;
struct FollowerSubscription;
}  // namespace orderflow::events

namespace orderflow::telemetry {
class Exposition;
class Tracer;
}  // namespace orderflow::telemetry

namespace orderflow::host {

/// Adds the metrics of a module to a scrape. Called from any thread.
using ExportMetrics = std::function<void(telemetry::Exposition&)>;

/// The running parts of a node that modules use. All of them outlive the modules.
struct Services {
  const core::Clock& clock;
  events::Timers& timers;
  events::Dispatcher& dispatcher;
  events::TurnWriter turn_writer;
  const events::EventLog& log;
  const events::LogIncarnations& incarnations;
  events::LiveFeed& live;
  storage::Readers& readers;
  http::Router& router;
  outbound::Destinations& destinations;
  std::vector<events::BackgroundTask>& background;  ///< to be launched when the node runs
  std::vector<ExportMetrics>& metrics;              ///< of the modules
  telemetry::Tracer* tracer;                        ///< null: nothing is traced
  std::filesystem::path data_folder;
};

/// How far an event of this node is on its way to another module.
enum class Passage {
  here,    ///< the module is hosted here, or nobody else could be reached: the log has the rest
  unsent,  ///< other nodes host it, and the broker has not confirmed the event yet
  sent     ///< the broker has
};

/// What one module sees of its node: its registrations, and access to its own tables.
class Host {
 public:
  Host(std::string_view module, Services& services) : module_(module), services_(services) {}

  // ---- to register, in Module::install ----------------------------------------------------------

  /// `module` is filled in; the rest is as given.
  void subscribe(events::TransactionalSubscription subscription);
  void subscribe(events::EffectSubscription subscription);
  void subscribe(events::FollowerSubscription subscription);
  void route(http::Method method, std::string_view pattern, http::Access access,
             http::Handler handler, http::RouteTraits traits = {}) {
    services_.router.add(method, pattern, access, std::move(handler), traits);
  }

  /// A coroutine that runs beside the effects, on their thread, from the node's start on. It is
  /// never cancelled: when the node has stopped it is destroyed where it waits. After
  /// `Module::drain` it should begin nothing new.
  void background(events::BackgroundTask task) { services_.background.push_back(std::move(task)); }

  /// Adds this module's metrics. Names begin with `orderflow_`; label values are bounded.
  void export_metrics(ExportMetrics function) { services_.metrics.push_back(std::move(function)); }

  /// A peer that this module sends requests to; lives as long as the node.
  outbound::Destination& destination(outbound::DestinationOptions options) {
    return services_.destinations.add(std::move(options));
  }

  // ---- to use, from routes and effects ----------------------------------------------------------

  /// Runs `read(storage::Session)` on the module's tables, in one consistent snapshot that holds
  /// every answered write. Synchronous and quick.
  template <class Read>
  auto read(Read&& read) const {
    return services_.readers.read(module_, std::forward<Read>(read));
  }

  /// The same on the event core's tables: the log and the deliveries.
  template <class Read>
  auto read_log(Read&& read) const {
    return services_.readers.read(events::event_owner, std::forward<Read>(read));
  }

  /// Runs `body(events::Turn&)` as a turn of this module and resumes when it is on disk. Throws
  /// `http::Unavailable` where the node cannot take the write, else what the body threw: nothing
  /// was written then. `body` must be a named object that outlives the call (see events::commit).
  template <class Body>
  boost::asio::awaitable<std::invoke_result_t<Body&, events::Turn&>> write(
      const http::Request& request, Body& body,
      events::Urgency urgency = events::Urgency::of_client) const {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Body&, events::Turn&>>) {
        co_await events::commit(services_.turn_writer, module_, request.trace, body, urgency);
      } else {
        auto result =
            co_await events::commit(services_.turn_writer, module_, request.trace, body, urgency);
        co_return result;
      }
    } catch (const storage::WriteRefused& e) {
      throw http::Unavailable(e.what());
    } catch (const storage::StorageFailure&) {
      throw http::Unavailable("storage has failed");
    }
  }

  /// The same for background work. Throws `storage::WriteRefused` where too many writes wait, and
  /// `storage::StorageFailure`, in which case the node is about to end. `trace` outlives the call.
  template <class Body>
  boost::asio::awaitable<std::invoke_result_t<Body&, events::Turn&>> write(
      const core::TraceContext& trace, Body& body) const {
    return events::commit(services_.turn_writer, module_, trace, body);
  }

  // ---- what may be lost on the way between nodes: see events::Redrives --------------------------

  bool may_miss(std::string_view module) const;
  /// Within a turn. How many messages are sent once more when it is on disk.
  std::optional<std::size_t> redrive(events::Turn& turn, std::string_view key,
                                     std::string_view wanted_by) const;
  /// How long the oldest event has waited that is on its way to other nodes; zero: there is none.
  core::Duration relay_delay() const;

  /// Where the event at that position stands on its way to `module`.
  Passage passage(std::string_view module, events::Seq seq) const;

  const core::Clock& clock() const noexcept { return services_.clock; }
  events::Timers& timers() const noexcept { return services_.timers; }
  const events::EventLog& log() const noexcept { return services_.log; }
  /// The newest events, for a module that follows the log.
  events::LiveFeed& live() const noexcept { return services_.live; }
  /// Traces a module's work outside turns and effects; null: no traces.
  telemetry::Tracer* tracer() const noexcept { return services_.tracer; }
  const std::filesystem::path& data_folder() const noexcept { return services_.data_folder; }
  const std::string& module() const noexcept { return module_; }

 private:
  const std::string module_;
  Services& services_;
};

}  // namespace orderflow::host
