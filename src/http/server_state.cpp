#include "http/server_state.hpp"

namespace orderflow::http {

void Census::session_began() {
  const std::lock_guard lock(mutex_);
  ++sessions_;
}

void Census::session_ended() {
  const std::lock_guard lock(mutex_);
  --sessions_;
  changed_.notify_all();
}

void Census::worker_drains() {
  const std::lock_guard lock(mutex_);
  ++workers_draining_;
  changed_.notify_all();
}

void Census::worker_ended() {
  const std::lock_guard lock(mutex_);
  ++workers_ended_;
  changed_.notify_all();
}

bool Census::wait_for_sessions(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until,
                             [&] { return workers_draining_ == workers && sessions_ == 0; });
}

bool Census::wait_for_workers(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] { return workers_ended_ == workers; });
}

}  // namespace orderflow::http
