#include "core/invariant.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::core {
namespace {

/// How a child process has ended, and what it has printed on stderr.
struct Ended {
  int status;
  std::string printed;

  bool is_aborted() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT; }
};

Ended in_child(const std::function<void()>& body) {
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

TEST_CASE("a broken invariant ends the process, and names what is broken and where") {
  const Ended ended = in_child([] { invariant(1 > 2, "one is more than two"); });
  CHECK(ended.is_aborted());
  CHECK(ended.printed.starts_with("broken invariant: one is more than two, "));
  CHECK(ended.printed.find("invariant_test.cpp:") != std::string::npos);
  CHECK(ended.printed.ends_with("\n"));
}

TEST_CASE("an invariant that holds does nothing") {
  const Ended ended = in_child([] { invariant(2 > 1, "two is less than one"); });
  CHECK(WIFEXITED(ended.status));
  CHECK(ended.printed.empty());
}

TEST_CASE("a look-up that cannot fail gives its value, and ends the process where there is none") {
  std::optional<int> number = 7;
  value_of(number, "no number") = 8;
  CHECK(value_of(std::as_const(number), "no number") == 8);
  CHECK(*value_of(std::optional(std::make_unique<int>(9)), "no pointer") == 9);
  CHECK(value_of(&*number, "no number") == 8);

  const Ended ended = in_child([] { value_of(std::optional<int>{}, "the number is gone"); });
  CHECK(ended.is_aborted());
  CHECK(ended.printed.starts_with("broken invariant: the number is gone, "));
}

}  // namespace
}  // namespace orderflow::core
