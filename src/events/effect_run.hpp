#pragma once

#include "events/subscription.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace orderflow::events {

class EffectLane;

/// One attempt of an effect. Made by its lane on the writer thread; performed on the effects'
/// executor, which alone sets `outcome`; then handed back to the lane.
struct EffectRun {
  EffectLane* lane;
  const EffectSubscription* subscription;
  EventPtr event;
  EffectContext context;
  core::Timestamp started_at;
  core::Timestamp ended_at{};
  std::optional<Outcome> outcome{};
};

using EffectRunPtr = std::shared_ptr<EffectRun>;

/// Where effects are performed. Safe to be called from the writer thread while effects end.
class EffectLauncher {
 public:
  virtual ~EffectLauncher() = default;
  virtual void launch(std::vector<EffectRunPtr> runs) = 0;
};

}  // namespace orderflow::events
