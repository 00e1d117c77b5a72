#include "bridge/connection/wake_up.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace orderflow::bridge {

WakeUp::WakeUp() {
  if (::pipe(pipe_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : pipe_) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
}

WakeUp::~WakeUp() {
  for (const int end : pipe_)
    ::close(end);
}

void WakeUp::signal() noexcept {
  const char one = 1;
  // It fails only where the pipe is full, and then a signal stands already.
  [[maybe_unused]] const ssize_t written = ::write(pipe_[1], &one, sizeof one);
}

bool WakeUp::clear() noexcept {
  std::array<char, 256> signals{};
  bool any = false;
  while (::read(pipe_[0], signals.data(), signals.size()) > 0)
    any = true;
  return any;
}

}  // namespace orderflow::bridge
