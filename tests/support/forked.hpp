#pragma once

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>

namespace orderflow::test {

/// How a child process has ended, and what it has printed on stderr.
struct Ended {
  int status;
  std::string printed;

  bool is_aborted() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT; }
};

/// Runs `body` in a child of this process, which must have one thread.
inline Ended in_child(const std::function<void()>& body) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest's own handler would report it
    ::dup2(ends[1], STDERR_FILENO);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  Ended ended{};
  std::array<char, 256> bytes{};
  for (ssize_t count = 0; (count = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
    ended.printed.append(bytes.data(), static_cast<std::size_t>(count));
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &ended.status, 0) == child);
  return ended;
}

}  // namespace orderflow::test
