#include "rabbitmq/client/watchdog.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace orderflow::rabbitmq {
namespace {

std::int64_t now_ns() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds look_every)
    : look_every_(look_every), thread_(&Watchdog::run, this) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watches_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, look_every_);
      cut_overdue();
    }
  }
}

void Watchdog::cut_overdue() {
  const std::int64_t now = now_ns();
  for (Watch* watch : watches_) {
    std::int64_t deadline = watch->deadline_;
    // The exchange fails where the call has come back meanwhile.
    if (deadline > Watch::idle && deadline <= now &&
        watch->deadline_.compare_exchange_strong(deadline, Watch::cut)) {
      watch->shut_down();
    }
  }
}

Watchdog::Watch::Watch(Watchdog& watchdog, int socket, std::chrono::milliseconds limit)
    : watchdog_(watchdog), descriptor_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)), limit_(limit) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "dup");
  {
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.watches_.push_back(this);
  }
  watchdog_.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
  {
    const std::lock_guard lock(watchdog_.mutex_);
    std::erase(watchdog_.watches_, this);
  }
  ::close(descriptor_);
}

void Watchdog::Watch::shut_down() const noexcept {
  ::shutdown(descriptor_, SHUT_RDWR);
}

Watchdog::Guard::Guard(Watch& watch) noexcept
    : watch_(watch), deadline_(now_ns() + std::chrono::nanoseconds(watch.limit_).count()) {
  std::int64_t expected = Watch::idle;
  watch_.deadline_.compare_exchange_strong(expected, deadline_);
}

Watchdog::Guard::~Guard() {
  std::int64_t expected = deadline_;
  watch_.deadline_.compare_exchange_strong(expected, Watch::idle);
}

}  // namespace orderflow::rabbitmq
