#pragma once

#include "events/effects/effect_subscription_runner.hpp"

#include <future>
#include <mutex>
#include <optional>
#include <vector>

namespace orderflow::events {

/// The end of a node's effects in good order: no further attempt starts, and whoever has asked
/// learns when none is in flight.
class EffectsStop {
 public:
  /// From any thread. The writer has to be woken then.
  std::future<void> request();

  /// Does what was requested, if anything was. On the writer thread, before each batch.
  void apply(const std::vector<EffectSubscriptionRunner*>& effects);

 private:
  bool is_requested_ = false;  ///< as the writer thread knows

  std::mutex mutex_;  // guards what follows
  std::optional<std::promise<void>> unanswered_;
};

}  // namespace orderflow::events
