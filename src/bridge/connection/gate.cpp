#include "bridge/connection/gate.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::bridge {

void Gate::open() {
  change(std::nullopt);
}

void Gate::close(Closed why) {
  change(std::move(why));
}

void Gate::change(std::optional<Closed> closed) {
  const std::lock_guard lock(mutex_);
  closed_ = std::move(closed);
  for (WakeUp* wake_up : waiting_)
    wake_up->signal();
}

std::optional<Gate::Closed> Gate::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Gate::add(WakeUp& wake_up) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(&wake_up);
}

void Gate::remove(WakeUp& wake_up) {
  const std::lock_guard lock(mutex_);
  std::erase(waiting_, &wake_up);
}

}  // namespace orderflow::bridge
