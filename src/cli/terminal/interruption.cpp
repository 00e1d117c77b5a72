#include "cli/terminal/interruption.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <limits>
#include <system_error>

namespace orderflow::cli {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

bool is_pending() {
  sigset_t pending;
  return sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

}  // namespace

Interruption::Interruption() {
  if (::pipe(pipe_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : pipe_)
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);  // of the threads to come too
  taker_ = std::thread([this] { take_signals(); });
}

void Interruption::take_signals() noexcept {
  const sigset_t set = ending_signals();
  bool is_notified = false;
  for (;;) {
    int signal = 0;
    if (::sigwait(&set, &signal) != 0) continue;
    if (over_) return;
    const char one = 1;
    // Once is enough: it stays readable.
    if (!is_notified) is_notified = ::write(pipe_[1], &one, sizeof one) == sizeof one;
  }
}

Interruption::~Interruption() {
  over_ = true;
  ::pthread_kill(taker_.native_handle(), SIGINT);
  taker_.join();
  // A signal that is still pending was reported; unblocked, it would end the process.
  const sigset_t set = ending_signals();
  int signal = 0;
  while (is_pending() && ::sigwait(&set, &signal) == 0) {
  }
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  for (const int end : pipe_)
    ::close(end);
}

bool Interruption::wait(std::chrono::milliseconds limit) noexcept {
  if (happened_) return true;
  pollfd source{pipe_[0], POLLIN, 0};
  const auto most = std::min<std::int64_t>(limit.count(), std::numeric_limits<int>::max());
  happened_ = ::poll(&source, 1, static_cast<int>(std::max<std::int64_t>(most, 0))) > 0;
  return happened_;
}

}  // namespace orderflow::cli
