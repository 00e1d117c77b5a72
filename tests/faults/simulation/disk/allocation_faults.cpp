#include "faults/simulation/disk/allocation_faults.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace orderflow::simulation {
namespace {

// SQLite takes plain functions: what they work with cannot be anywhere else.
sqlite3_mem_methods original;
Faults* active_faults = nullptr;

bool fails() noexcept {
  return active_faults != nullptr && active_faults->strikes(Fault::allocation);
}

void* allocate(int size) {
  return fails() ? nullptr : original.xMalloc(size);
}

void* reallocate(void* block, int size) {
  return fails() ? nullptr : original.xRealloc(block, size);
}

void install() {
  sqlite3_shutdown();
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &original) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not name its allocator");
  }
  sqlite3_mem_methods failing = original;
  failing.xMalloc = allocate;
  failing.xRealloc = reallocate;
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK ||
      sqlite3_initialize() != SQLITE_OK) {
    throw std::runtime_error("SQLite does not take an allocator");
  }
}

}  // namespace

AllocationFaults::AllocationFaults(Faults& faults) {
  [[maybe_unused]] static const bool once = (install(), true);
  active_faults = &faults;
}

AllocationFaults::~AllocationFaults() {
  active_faults = nullptr;
}

}  // namespace orderflow::simulation
