#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace orderflow::simulation {

/// The locks of one database file and its shared memory, among the connections of one process.
/// Return values are SQLite's codes. A connection is identified by any address of its own.
class FileLocks {
 public:
  using Owner = const void*;

  int lock(Owner owner, int& held, int wanted) noexcept;
  void unlock(Owner owner, int& held, int wanted) noexcept;
  bool is_reserved() const noexcept { return reserved_ != nullptr; }

 private:
  int shared_ = 0;
  Owner reserved_ = nullptr;
  Owner exclusive_ = nullptr;
};

/// The index of a write-ahead log: memory that the connections share, and its lock slots.
class SharedMemory {
 public:
  static constexpr std::size_t slots = 8;
  using Owner = const void*;

  /// Null where the region is not there and is not to be made.
  void* region(std::size_t index, std::size_t size, bool make);
  int lock(Owner owner, std::size_t first, std::size_t count, int flags);
  void release_all(Owner owner) noexcept;

 private:
  struct Slot {
    std::vector<Owner> shared;
    Owner exclusive = nullptr;
  };
  std::vector<std::unique_ptr<char[]>> regions_;
  std::array<Slot, slots> slots_;
};

}  // namespace orderflow::simulation
