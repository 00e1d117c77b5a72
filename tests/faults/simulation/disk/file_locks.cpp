#include "faults/simulation/disk/file_locks.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace orderflow::simulation {

int FileLocks::lock(Owner owner, int& held, int wanted) noexcept {
  if (held >= wanted) return SQLITE_OK;
  if (exclusive_ != nullptr && exclusive_ != owner) return SQLITE_BUSY;
  if (held == SQLITE_LOCK_NONE) {
    ++shared_;
    held = SQLITE_LOCK_SHARED;
  }
  if (wanted == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (reserved_ != nullptr && reserved_ != owner) return SQLITE_BUSY;
  if (wanted == SQLITE_LOCK_RESERVED) {
    reserved_ = owner;
    held = wanted;
    return SQLITE_OK;
  }
  exclusive_ = owner;  // pending, as long as others read
  if (shared_ > 1) {
    held = std::max(held, SQLITE_LOCK_PENDING);
    return SQLITE_BUSY;
  }
  held = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

void FileLocks::unlock(Owner owner, int& held, int wanted) noexcept {
  if (held <= wanted) return;
  if (reserved_ == owner) reserved_ = nullptr;
  if (exclusive_ == owner) exclusive_ = nullptr;
  if (wanted == SQLITE_LOCK_NONE) --shared_;
  held = wanted;
}

void* SharedMemory::region(std::size_t index, std::size_t size, bool make) {
  while (make && regions_.size() <= index)
    regions_.push_back(std::make_unique<char[]>(size));
  return index < regions_.size() ? regions_[index].get() : nullptr;
}

int SharedMemory::lock(Owner owner, std::size_t first, std::size_t count, int flags) {
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const auto begin = slots_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    std::for_each(begin, end, [&](Slot& slot) {
      std::erase(slot.shared, owner);
      if (slot.exclusive == owner) slot.exclusive = nullptr;
    });
    return SQLITE_OK;
  }
  const auto taken = [&](const Slot& slot) {
    if (slot.exclusive != nullptr && slot.exclusive != owner) return true;
    return exclusive && std::ranges::any_of(slot.shared, [&](Owner o) { return o != owner; });
  };
  if (std::any_of(begin, end, taken)) return SQLITE_BUSY;
  std::for_each(begin, end, [&](Slot& slot) {
    if (exclusive) {
      slot.exclusive = owner;
    } else if (std::ranges::find(slot.shared, owner) == slot.shared.end()) {
      slot.shared.push_back(owner);
    }
  });
  return SQLITE_OK;
}

void SharedMemory::release_all(Owner owner) noexcept {
  for (Slot& slot : slots_) {
    std::erase(slot.shared, owner);
    if (slot.exclusive == owner) slot.exclusive = nullptr;
  }
}

}  // namespace orderflow::simulation
