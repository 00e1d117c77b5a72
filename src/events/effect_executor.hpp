#pragma once

#include "core/clock.hpp"
#include "events/effects/effect_run.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <vector>

namespace orderflow::events {

/// Performs effects as coroutines on an io_context that one thread runs. Context and clock outlive
/// it; `launch` is safe from any thread.
class EffectExecutor final : public EffectLauncher {
 public:
  EffectExecutor(boost::asio::io_context& context, const core::Clock& clock)
      : context_(context), clock_(clock) {}

  /// One wake-up of the context for all of them.
  void launch(std::vector<EffectRunPtr> runs, EffectSink& sink) override;
  void launch(BackgroundTask task) override;

 private:
  void start(const EffectRunPtr& run, EffectSink& sink);
  /// Hands back what has ended: all that was ready to end meanwhile ends in one commit.
  void give_back(EffectSink& sink);

  boost::asio::io_context& context_;
  const core::Clock& clock_;
  std::map<EffectSink*, std::vector<EffectRunPtr>> ended_;  ///< of the context's thread alone
};

}  // namespace orderflow::events
