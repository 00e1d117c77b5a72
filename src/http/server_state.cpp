#include "http/server_state.hpp"

namespace orderflow::http {

void ConnectionCounts::session_began(bool is_early) {
  const std::lock_guard lock(mutex_);
  ++(is_early ? early_sessions_ : late_sessions_);
}

void ConnectionCounts::session_ended(bool is_early) {
  const std::lock_guard lock(mutex_);
  --(is_early ? early_sessions_ : late_sessions_);
  changed_.notify_all();
}

void ConnectionCounts::worker_ends_sessions() {
  const std::lock_guard lock(mutex_);
  ++workers_ending_sessions_;
  changed_.notify_all();
}

void ConnectionCounts::worker_closed_port() {
  const std::lock_guard lock(mutex_);
  ++workers_without_port_;
  changed_.notify_all();
}

void ConnectionCounts::worker_ended() {
  const std::lock_guard lock(mutex_);
  ++workers_ended_;
  changed_.notify_all();
}

bool ConnectionCounts::wait_for_early_sessions(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(
      lock, until, [&] { return workers_ending_sessions_ == workers && early_sessions_ == 0; });
}

bool ConnectionCounts::wait_for_sessions(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] {
    return workers_without_port_ == workers && early_sessions_ + late_sessions_ == 0;
  });
}

bool ConnectionCounts::wait_for_workers(unsigned workers, Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] { return workers_ended_ == workers; });
}

}  // namespace orderflow::http
