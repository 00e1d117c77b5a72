#pragma once

#include "events/delivery/subscription.hpp"
#include "telemetry/span.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace orderflow::events {

class EffectSubscriptionRunner;

/// One attempt of an effect. Made by its runner on the writer thread; performed on the effects'
/// executor, which alone sets `result`; then handed back to the runner.
struct EffectRun {
  EffectSubscriptionRunner* runner;
  const EffectSubscription* subscription;
  EventPtr event;
  EffectContext context;
  core::Timestamp started_at;
  core::Timestamp ended_at{};
  std::optional<AttemptResult> result{};
  std::optional<telemetry::Span> span{};  ///< the writer thread's
  bool completed = false;                 ///< the completion of its result has run

  const telemetry::Span* span_or_null() const noexcept { return span ? &*span : nullptr; }
};

using EffectRunPtr = std::shared_ptr<EffectRun>;

/// Takes back attempts that have ended. Safe from any thread.
class EffectSink {
 public:
  virtual ~EffectSink() = default;
  virtual void finished(std::vector<EffectRunPtr> runs) = 0;
};

/// Work that continues as long as the node runs.
using BackgroundTask = std::function<boost::asio::awaitable<void>()>;

/// Where effects are performed. Safe to be called from the writer thread while effects end.
class EffectLauncher {
 public:
  virtual ~EffectLauncher() = default;
  /// Performs the attempts and gives them back to `sink`, which outlives them.
  virtual void launch(std::vector<EffectRunPtr> runs, EffectSink& sink) = 0;

  /// Runs a task beside the effects. What it throws is logged and ends it.
  virtual void launch(BackgroundTask task) = 0;
};

}  // namespace orderflow::events
