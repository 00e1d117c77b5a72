#pragma once

#include "core/clock.hpp"
#include "events/delivery/timers.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <mutex>
#include <optional>

namespace orderflow::webhooks {

/// Runs one function on one executor: soon, once however often that is asked for, or at a time.
/// Safe from any thread.
class Pump {
 public:
  /// `timers` and what `run` refers to outlive it.
  Pump(events::Timers& timers, std::function<void()> run) : timers_(timers), run_(std::move(run)) {}

  /// Before it there is no executor, and nothing is run.
  void begin(boost::asio::any_io_executor executor);
  /// That of `begin`.
  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

  void post();
  /// To be called by `run` before it looks at what there is to do: what is posted from now on runs
  /// it again.
  void has_run();
  /// Posts at a time, or earlier where an earlier timer is armed.
  void arm(core::Timestamp time);

 private:
  void post_locked();
  void ring(core::Timestamp time);

  events::Timers& timers_;
  const std::function<void()> run_;
  std::mutex mutex_;  // guards what follows
  boost::asio::any_io_executor executor_;
  bool is_posted_ = false;
  std::optional<core::Timestamp> armed_for_;  ///< the earliest timer that has not rung
};

}  // namespace orderflow::webhooks
