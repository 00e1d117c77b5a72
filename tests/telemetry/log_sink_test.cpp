#include "telemetry/log_sink.hpp"

#include "core/clock.hpp"
#include "telemetry/limited_log.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <spdlog/logger.h>
#include <unistd.h>

#include <array>
#include <string>

namespace orderflow::telemetry {
namespace {

using namespace std::chrono_literals;

/// A pipe, read by nobody but the test.
struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_writing();
  }
  void close_writing() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  std::string read_all() {
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
      const ssize_t size = ::read(ends[0], part.data(), part.size());
      if (size <= 0) return text;
      text.append(part.data(), static_cast<std::size_t>(size));
    }
  }

  std::array<int, 2> ends{-1, -1};
};

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST_CASE("queued lines come in order, and their end waits for them") {
  Pipe pipe;
  auto sink = std::make_shared<LogSink>(pipe.ends[1]);
  spdlog::logger logger("probe", sink);
  logger.info("at once");
  sink->start_queue();
  for (int i = 0; i < 100; ++i)
    logger.info("line {}.", i);
  sink->stop_queue(10s);
  logger.info("at once again");
  pipe.close_writing();
  const std::string text = pipe.read_all();
  std::size_t at = text.find("at once");
  for (int i = 0; i < 100; ++i) {
    const std::size_t next = text.find("line " + std::to_string(i) + ".", at);
    REQUIRE(next != std::string::npos);
    at = next;
  }
  CHECK(text.find("at once again", at) != std::string::npos);
  CHECK(sink->dropped() == 0);
}

TEST_CASE("a log that nobody reads holds nobody up: what does not fit is dropped and counted") {
  Pipe pipe;
  auto sink = std::make_shared<LogSink>(pipe.ends[1], 64U << 10);
  spdlog::logger logger("probe", sink);
  sink->start_queue();
  const std::string line(1'000, 'x');
  // Far more than pipe and queue hold: without a queue this would never return.
  for (int i = 0; i < 10'000; ++i)
    logger.info("{}", line);
  CHECK(sink->dropped() > 8'000);

  SUBCASE("its end does not wait without end") {
    sink->stop_queue(0ms);
  }
  SUBCASE("a reader that comes back sees how many are missing") {
    std::string text;
    std::array<char, 4096> part{};
    while (text.find("lines were left out, as nobody read the log count=") == std::string::npos) {
      const ssize_t size = ::read(pipe.ends[0], part.data(), part.size());
      REQUIRE(size > 0);
      text.append(part.data(), static_cast<std::size_t>(size));
    }
    logger.info("continues");
    while (text.find("continues") == std::string::npos) {
      const ssize_t size = ::read(pipe.ends[0], part.data(), part.size());
      REQUIRE(size > 0);
      text.append(part.data(), static_cast<std::size_t>(size));
    }
    sink->stop_queue(10s);
  }
}

TEST_CASE("warnings that strangers cause are few, and count those that were left out") {
  Pipe pipe;
  auto sink = std::make_shared<LogSink>(pipe.ends[1]);
  core::ManualClock clock(core::from_micros(1'700'000'000'000'000));
  LimitedLog limited("noise", clock);
  auto& logger = log("noise");
  logger.backend().sinks().assign(1, sink);
  for (int i = 0; i < 1'000; ++i)
    limited.warn("forged number={}", i);
  CHECK(limited.left_out() == 990);
  clock.jump(-1h);
  limited.warn("forged number={}", 1'000);
  clock.advance(1min);
  limited.warn("forged number={}", 1'001);
  pipe.close_writing();
  const std::string text = pipe.read_all();
  CHECK(count_of(text, "forged number=") == 11);
  CHECK(count_of(text, "lines as the next one were left out count=991") == 1);
  CHECK(text.ends_with("forged number=1001\n"));
}

}  // namespace
}  // namespace orderflow::telemetry
