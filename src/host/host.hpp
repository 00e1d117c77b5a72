#pragma once

#include "events/commit.hpp"
#include "events/dispatcher.hpp"
#include "events/event_log.hpp"
#include "events/live_feed.hpp"
#include "events/subscription.hpp"
#include "http/router.hpp"
#include "storage/error.hpp"
#include "storage/readers.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::host {

/// The running parts of a node that modules lean on. All of them outlive the modules.
struct Services {
  const core::Clock& clock;
  events::Timers& timers;
  events::Dispatcher& dispatcher;
  const events::EventLog& log;
  events::LiveFeed& live;
  storage::Readers& readers;
  http::Router& router;
  std::filesystem::path data_folder;
};

/// What one module sees of its node: where it registers, and its way to its own tables.
class Host {
 public:
  Host(std::string_view module, Services& services) : module_(module), services_(services) {}

  // ---- to register, in Module::install ----------------------------------------------------------

  /// `module` is filled in; the rest is as given.
  void subscribe(events::TransactionalSubscription subscription) {
    subscription.module = module_;
    services_.dispatcher.subscribe(std::move(subscription));
  }
  void subscribe(events::EffectSubscription subscription) {
    subscription.module = module_;
    services_.dispatcher.subscribe(std::move(subscription));
  }
  void route(http::Method method, std::string_view pattern, http::Handler handler) {
    services_.router.add(method, pattern, std::move(handler));
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
        co_await events::commit(services_.dispatcher, module_, request.trace, body, urgency);
      } else {
        auto result =
            co_await events::commit(services_.dispatcher, module_, request.trace, body, urgency);
        co_return result;
      }
    } catch (const storage::WriteRefused& e) {
      throw http::Unavailable(e.what());
    } catch (const storage::StorageFailure&) {
      throw http::Unavailable("storage has failed, nothing was written");
    }
  }

  const core::Clock& clock() const noexcept { return services_.clock; }
  events::Timers& timers() const noexcept { return services_.timers; }
  const events::EventLog& log() const noexcept { return services_.log; }
  const std::filesystem::path& data_folder() const noexcept { return services_.data_folder; }
  const std::string& module() const noexcept { return module_; }

 private:
  const std::string module_;
  Services& services_;
};

}  // namespace orderflow::host
