#pragma once

namespace orderflow::rabbitmq {

/// Wakes a thread that waits on a descriptor (an eventfd). Signals before a `clear` are one.
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
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace orderflow::rabbitmq
