#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace orderflow::cli {

/// While it lives, SIGINT and SIGTERM do not end the process but are reported here, so that a
/// command can stop in order and print how far it came. Make it before any other thread.
class Interruption {
 public:
  /// Throws `std::system_error`.
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Readable once a signal has come.
  int descriptor() const noexcept { return pipe_[0]; }

  bool happened() noexcept { return wait(std::chrono::milliseconds{0}); }

  /// Waits for a signal, at most `limit`; true where one has come, now or before.
  bool wait(std::chrono::milliseconds limit) noexcept;

 private:
  /// On a thread of its own.
  void take_signals() noexcept;

  int pipe_[2] = {-1, -1};  ///< what is read, and what is written to
  bool happened_ = false;
  std::atomic<bool> over_ = false;
  std::thread taker_;
};

}  // namespace orderflow::cli
