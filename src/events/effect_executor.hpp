#pragma once

#include "events/delivery/effect_run.hpp"
#include "events/dispatcher.hpp"

#include <boost/asio/io_context.hpp>

#include <vector>

namespace orderflow::events {

/// Performs effects as coroutines on an io_context that one thread runs, and hands them back to the
/// dispatcher. Context and dispatcher outlive it; `launch` is safe from any thread.
class EffectExecutor final : public EffectLauncher {
 public:
  EffectExecutor(boost::asio::io_context& context, const core::Clock& clock)
      : context_(context), clock_(clock) {}

  void attach(Dispatcher& dispatcher) noexcept { dispatcher_ = &dispatcher; }

  /// One wake-up of the context for all of them.
  void launch(std::vector<EffectRunPtr> runs) override;
  void launch(BackgroundTask task) override;

 private:
  void start(const EffectRunPtr& run);
  /// Hands back what has ended: all that was ready to end meanwhile ends in one commit.
  void give_back();

  boost::asio::io_context& context_;
  const core::Clock& clock_;
  Dispatcher* dispatcher_ = nullptr;
  std::vector<EffectRunPtr> ended_;  ///< touched by the context's thread alone
};

}  // namespace orderflow::events
