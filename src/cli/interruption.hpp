#pragma once

#include <chrono>

namespace orderflow::cli {

/// While it lives, SIGINT and SIGTERM do not end the process but are told here, so that a command
/// ends where it can say how far it came. To be made before any other thread.
class Interruption {
 public:
  /// Throws `std::system_error`.
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Readable once a signal has come.
  int descriptor() const noexcept { return descriptor_; }

  bool happened() noexcept { return wait(std::chrono::milliseconds{0}); }

  /// Waits for a signal, at most `limit`; true where one has come, now or before.
  bool wait(std::chrono::milliseconds limit) noexcept;

 private:
  int descriptor_;
  bool happened_ = false;
};

}  // namespace orderflow::cli
