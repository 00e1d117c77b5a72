#include "events/effects/attempt_exchange.hpp"

#include <iterator>
#include <utility>

namespace orderflow::events {

void AttemptExchange::launch() {
  if (!decided_.empty()) launcher_.launch(std::exchange(decided_, {}), *this);
}

void AttemptExchange::finished(std::vector<EffectRunPtr> runs) {
  {
    const std::lock_guard lock(mutex_);
    ended_.insert(ended_.end(), std::make_move_iterator(runs.begin()),
                  std::make_move_iterator(runs.end()));
  }
  wake_writer_();
}

bool AttemptExchange::has_ended() const {
  const std::lock_guard lock(mutex_);
  return !ended_.empty();
}

std::vector<EffectRunPtr> AttemptExchange::take_ended() {
  const std::lock_guard lock(mutex_);
  return std::exchange(ended_, {});
}

}  // namespace orderflow::events
