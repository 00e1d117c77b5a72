#include "telemetry/log_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace orderflow::telemetry {
namespace {

/// What a pipe takes without waiting where it takes anything (POSIX, PIPE_BUF).
constexpr std::size_t written_at_once = 4096;
constexpr int look_again_ms = 100;

/// By level, from trace to off.
constexpr std::array<std::string_view, 7> colors{
    "", "\033[36m", "\033[32m", "\033[33m\033[1m", "\033[31m\033[1m", "\033[1m\033[41m", ""};
constexpr std::string_view color_off = "\033[m";

}  // namespace

LogSink::LogSink(int descriptor, std::size_t queued_bytes_max)
    : descriptor_(descriptor),
      colored_(::isatty(descriptor) == 1),
      queued_bytes_max_(queued_bytes_max) {}

std::string LogSink::format(const spdlog::details::log_msg& message) const {
  spdlog::memory_buf_t buffer;
  formatter_->format(message, buffer);
  const std::string_view line(buffer.data(), buffer.size());
  const std::size_t begin = message.color_range_start;
  const std::size_t end = message.color_range_end;
  if (!colored_ || end <= begin || end > line.size()) return std::string(line);
  std::string text(line.substr(0, begin));
  text.append(colors.at(static_cast<std::size_t>(message.level)));
  text.append(line.substr(begin, end - begin)).append(color_off).append(line.substr(end));
  return text;
}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  if (!is_queued_) {
    write(format(message));
    return;
  }
  const std::string line = queue_.size() < queued_bytes_max_ ? format(message) : std::string();
  if (line.empty() || queue_.size() + line.size() > queued_bytes_max_) {
    ++dropped_;
    dropped_ever_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_ += line;
  changed_.notify_one();
}

void LogSink::start_queue() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_queued_, true)) return;
  stopping_ = false;
  give_up_at_ = Clock::time_point::max();
  thread_ = std::thread([this] { run(); });
}

void LogSink::stop_queue(std::chrono::milliseconds limit) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_queued_) return;
    stopping_ = true;
    give_up_at_ = Clock::now() + limit;
    changed_.notify_one();
  }
  thread_.join();
  const std::lock_guard lock(mutex_);
  is_queued_ = false;
}

void LogSink::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty() || dropped_ > 0; });
    if (queue_.empty() && dropped_ == 0) return;
    std::string text = std::exchange(queue_, {});
    if (const auto dropped = std::exchange(dropped_, 0); dropped > 0) {
      const std::string notice =
          "lines were left out, as nobody read the log count=" + std::to_string(dropped);
      text += format(spdlog::details::log_msg("log", spdlog::level::warn, notice));
    }
    lock.unlock();
    const bool written = write(text);
    lock.lock();
    if (!written) return;
  }
}

bool LogSink::is_overdue() {
  const std::lock_guard lock(mutex_);
  return Clock::now() >= give_up_at_;
}

bool LogSink::write(const std::string& text) {
  const bool is_patient = thread_.get_id() == std::this_thread::get_id();
  for (std::string_view left = text; !left.empty();) {
    if (is_patient) {
      pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      if (::poll(&ready, 1, look_again_ms) == 0) {
        if (is_overdue()) return false;
        continue;
      }
    }
    const ssize_t size = ::write(descriptor_, left.data(), std::min(left.size(), written_at_once));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN && is_patient) continue;
    // There is nowhere to report it.
    if (size < 0) return true;
    left.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace orderflow::telemetry
