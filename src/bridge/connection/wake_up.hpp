#pragma once

namespace orderflow::bridge {

/// Wakes a thread that waits on a descriptor. Signals before a `clear` are one.
class WakeUp {
 public:
  /// Throws `std::system_error`.
  WakeUp();
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  /// From any thread; never blocks.
  void signal() noexcept;

  /// By the thread that waits. True where there was a signal.
  bool clear() noexcept;

  /// Readable while a signal stands.
  int descriptor() const noexcept { return pipe_[0]; }

 private:
  int pipe_[2] = {-1, -1};  ///< what is read, and what is written to
};

}  // namespace orderflow::bridge
