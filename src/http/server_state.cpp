#include "http/server_state.hpp"

namespace orderflow::http {

void ConnectionCounts::session_began() {
  const std::lock_guard lock(mutex_);
  ++sessions_;
}

void ConnectionCounts::session_ended() {
  const std::lock_guard lock(mutex_);
  --sessions_;
  changed_.notify_all();
}

void ConnectionCounts::worker_drains() {
  const std::lock_guard lock(mutex_);
  ++workers_draining_;
  changed_.notify_all();
}

void ConnectionCounts::worker_ended() {
  const std::lock_guard lock(mutex_);
  ++workers_ended_;
  changed_.notify_all();
}

bool ConnectionCounts::wait_for_sessions(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until,
                             [&] { return workers_draining_ == workers && sessions_ == 0; });
}

bool ConnectionCounts::wait_for_workers(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] { return workers_ended_ == workers; });
}

}  // namespace orderflow::http
