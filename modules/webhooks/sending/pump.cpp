#include "sending/pump.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace orderflow::webhooks {

void Pump::begin(boost::asio::any_io_executor executor) {
  const std::lock_guard lock(mutex_);
  executor_ = std::move(executor);
}

void Pump::post() {
  const std::lock_guard lock(mutex_);
  post_locked();
}

void Pump::post_locked() {
  if (is_posted_ || !executor_) return;
  boost::asio::post(executor_, [this] { run_(); });
  is_posted_ = true;
}

void Pump::has_run() {
  const std::lock_guard lock(mutex_);
  is_posted_ = false;
}

void Pump::arm(core::Timestamp time) {
  const std::lock_guard lock(mutex_);
  // Timers cannot be taken back: one that comes too early does no harm.
  if (armed_for_ && *armed_for_ <= time) return;
  timers_.at(time, [this, time] { ring(time); });
  armed_for_ = time;
}

void Pump::ring(core::Timestamp time) {
  const std::lock_guard lock(mutex_);
  // By the clock it may not be time yet: then another one is armed.
  if (armed_for_ == time) armed_for_.reset();
  post_locked();
}

}  // namespace orderflow::webhooks
