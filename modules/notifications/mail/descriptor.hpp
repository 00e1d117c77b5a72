#pragma once

#include <unistd.h>

#include <utility>

namespace orderflow::notifications {

/// An open file or folder of the system, closed when the object goes.
class Descriptor {
 public:
  /// Takes what `open` has returned; a negative number is no file.
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }

  /// False where closing failed: some file systems report a failed write only then.
  bool close() noexcept {
    const int number = std::exchange(number_, -1);
    return number < 0 || ::close(number) == 0;
  }

 private:
  int number_;
};

}  // namespace orderflow::notifications
