#pragma once

#include "core/clock.hpp"

#include <cstdint>
#include <deque>

namespace orderflow::events {

/// How fast a counter grew over the last minute. Keeps one sample a second. Not for concurrent use.
class RateMeter {
 public:
  void sample(core::Timestamp now, std::int64_t count);

  /// Per second, over the last minute or since the first sample; 0 where nothing grew in it.
  double a_second(core::Timestamp now) const;

 private:
  struct Sample {
    core::Timestamp at;
    std::int64_t count;
  };
  std::deque<Sample> samples_;
  std::int64_t count_ = 0;
};

}  // namespace orderflow::events
