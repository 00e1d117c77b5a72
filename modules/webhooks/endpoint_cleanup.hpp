#pragma once

#include "endpoint/endpoint.hpp"
#include "host/host.hpp"
#include "settings.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>

namespace orderflow::webhooks {

/// Does in small batches what would be too much for one transaction: marks what was canceled,
/// removes what is left of deleted endpoints, and what has ended and whose event the log has lost,
/// or that has ended long ago. Durable marks on the endpoints say what there is to do, so a restart
/// goes on.
class EndpointCleanup {
 public:
  /// Both outlive it.
  EndpointCleanup(const host::Host& host, const Settings& settings)
      : host_(host), settings_(settings) {}

  /// One round; the next one goes on with the endpoints behind. One at a time.
  boost::asio::awaitable<void> run();

  /// A round ends before its next batch. From any thread.
  void stop() noexcept { stopping_ = true; }

 private:
  boost::asio::awaitable<void> remove_deleted(EndpointId id);
  boost::asio::awaitable<void> mark_canceled(EndpointId id);
  boost::asio::awaitable<void> remove_old(EndpointId id);
  std::vector<EndpointId> next_to_visit();

  const host::Host& host_;
  const Settings& settings_;
  const core::TraceContext trace_{.correlation_id = "webhooks-upkeep", .traceparent = {}};
  std::optional<EndpointId> visited_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace orderflow::webhooks
