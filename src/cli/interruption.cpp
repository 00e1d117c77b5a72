#include "cli/interruption.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
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

}  // namespace

Interruption::Interruption() {
  const sigset_t set = ending_signals();
  descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Interruption::~Interruption() {
  // What is still pending has been told; unblocked it would end the process.
  signalfd_siginfo told{};
  while (::read(descriptor_, &told, sizeof told) == sizeof told) {
  }
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::close(descriptor_);
}

bool Interruption::wait(std::chrono::milliseconds limit) noexcept {
  if (happened_) return true;
  pollfd source{descriptor_, POLLIN, 0};
  const auto most = std::min<std::int64_t>(limit.count(), std::numeric_limits<int>::max());
  happened_ = ::poll(&source, 1, static_cast<int>(std::max<std::int64_t>(most, 0))) > 0;
  return happened_;
}

}  // namespace orderflow::cli
