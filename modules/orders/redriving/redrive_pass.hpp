#pragma once

#include "core/clock.hpp"
#include "host/host.hpp"
#include "redriving/redrive_orders.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <optional>

namespace orderflow::orders {

/// Looks at the start and each minute for orders that are not final in time, and drives them on: a
/// queue or a disk of other modules may have been lost with what they need. Not where what this
/// node publishes is late itself, nor until it has not been for as long as an order may take.
/// Bounded: at most so many orders a second, each at growing intervals.
class RedrivePass {
 public:
  /// The host outlives it. `after`: how long an order may take.
  RedrivePass(const host::Host& host, core::Duration after) : host_(host), after_(after) {}

  /// Until `stop`; on the effects' thread.
  boost::asio::awaitable<void> run();

  /// From any thread: begins nothing any more.
  void stop() noexcept { stopping_ = true; }

 private:
  bool may_redrive();
  boost::asio::awaitable<void> look();
  boost::asio::awaitable<void> forget_final();

  const host::Host& host_;
  const core::Duration after_;
  std::atomic<bool> stopping_ = false;
  std::optional<core::Duration> late_at_;  ///< when what is published was late last; steady
};

}  // namespace orderflow::orders
