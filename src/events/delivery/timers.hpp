#pragma once

#include "core/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace orderflow::events {

/// Calls back at a time of the injected clock. Effects wait through it, so that a test or
/// simulation decides when their time passes.
class Timers {
 public:
  virtual ~Timers() = default;
  /// Calls `callback` once, at `due` or soon after. Safe from any thread.
  virtual void at(core::Timestamp due, std::function<void()> callback) = 0;
};

/// Timers of an io_context, in real time. The context outlives them.
class AsioTimers final : public Timers {
 public:
  AsioTimers(boost::asio::io_context& context, const core::Clock& clock)
      : context_(context), clock_(clock) {}
  void at(core::Timestamp due, std::function<void()> callback) override;

 private:
  boost::asio::io_context& context_;
  const core::Clock& clock_;
};

/// Timers that a test fires by hand.
class ManualTimers final : public Timers {
 public:
  void at(core::Timestamp due, std::function<void()> callback) override;

  /// Runs what is due at `now`, in order of time. Returns how many ran.
  std::size_t fire(core::Timestamp now);
  /// When the next one is due, if any waits.
  std::optional<core::Timestamp> next() const;

 private:
  mutable std::mutex mutex_;
  std::multimap<core::Timestamp, std::function<void()>> waiting_;
};

/// Suspends the calling coroutine until `due`; it continues on its own executor.
boost::asio::awaitable<void> sleep_until(Timers& timers, core::Timestamp due);

}  // namespace orderflow::events
