#include "events/effects/effects_stop.hpp"

#include <algorithm>

namespace orderflow::events {

std::future<void> EffectsStop::request() {
  const std::lock_guard lock(mutex_);
  return unanswered_.emplace().get_future();
}

void EffectsStop::apply(const std::vector<EffectSubscriptionRunner*>& effects) {
  const std::lock_guard lock(mutex_);
  is_requested_ = is_requested_ || unanswered_.has_value();
  if (!is_requested_) return;
  for (EffectSubscriptionRunner* effect : effects)
    effect->stop_starting();
  const bool quiet =
      std::ranges::all_of(effects, [](const auto* effect) { return effect->in_flight() == 0; });
  if (!quiet || !unanswered_) return;
  unanswered_->set_value();
  unanswered_.reset();
}

}  // namespace orderflow::events
