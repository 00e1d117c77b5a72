#include "rabbitmq/client/watchdog.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <array>
#include <chrono>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct SocketPair {
  std::array<int, 2> ends{};
  SocketPair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0); }
  ~SocketPair() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  /// Waits until the other end speaks or the socket ends.
  ssize_t read() {
    char byte = 0;
    return ::read(ends[0], &byte, 1);
  }
};

TEST_CASE("a call that does not come back is cut after its limit") {
  Watchdog watchdog(5ms);
  SocketPair sockets;
  Watchdog::Watch watch(watchdog, sockets.ends[0], 100ms);
  const auto begin = Clock::now();
  {
    const Watchdog::Guard guard(watch);
    CHECK(sockets.read() == 0);
  }
  const auto took = Clock::now() - begin;
  CHECK(took >= 100ms);
  CHECK(took < 5s);
  CHECK(watch.has_cut());
}

TEST_CASE("nothing is cut between calls, and a call in time is left alone") {
  Watchdog watchdog(1ms);
  SocketPair guarded;
  SocketPair overdue;
  Watchdog::Watch watch(watchdog, guarded.ends[0], 20ms);
  { const Watchdog::Guard guard(watch); }
  Watchdog::Watch other(watchdog, overdue.ends[0], 200ms);
  {
    const Watchdog::Guard guard(other);
    overdue.read();  // the watchdog looks at both sockets until it has cut this one
  }
  CHECK_FALSE(watch.has_cut());
  CHECK(::write(guarded.ends[1], "x", 1) == 1);
  CHECK(guarded.read() == 1);
}

TEST_CASE("a socket that is no longer watched is left alone") {
  Watchdog watchdog(1ms);
  SocketPair sockets;
  { const Watchdog::Watch watch(watchdog, sockets.ends[0], 1ms); }
  CHECK(::write(sockets.ends[1], "x", 1) == 1);
  CHECK(sockets.read() == 1);
}

}  // namespace
}  // namespace orderflow::rabbitmq
