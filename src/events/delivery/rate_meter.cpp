#include "events/delivery/rate_meter.hpp"

#include <algorithm>
#include <chrono>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration window = 60s;
constexpr core::Duration between_samples = 1s;

}  // namespace

void RateMeter::sample(core::Timestamp now, std::int64_t count) {
  // A clock that was set back has made the samples meaningless.
  if (!samples_.empty() && now < samples_.back().at) samples_.clear();
  if (samples_.empty() || now - samples_.back().at >= between_samples) {
    samples_.push_back({now, samples_.empty() ? count : count_});
  }
  count_ = count;
  while (samples_.size() > 1 && now - samples_[1].at >= window)
    samples_.pop_front();
}

double RateMeter::a_second(core::Timestamp now) const {
  if (samples_.empty() || now - samples_.back().at >= window) return 0;
  // What was counted at the start of the window: the newest sample that is not younger than it.
  const Sample* base = nullptr;
  for (const Sample& sample : samples_) {
    if (base == nullptr || now - sample.at >= window) base = &sample;
  }
  if (now <= base->at) return 0;
  const core::Duration over = std::max<core::Duration>(std::min(now - base->at, window), 1s);
  return static_cast<double>(count_ - base->count) / std::chrono::duration<double>(over).count();
}

}  // namespace orderflow::events
