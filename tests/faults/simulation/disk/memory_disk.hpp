#pragma once

#include "core/random.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// A file as a process sees it, and as the platter has it. What was written since the last sync is
/// kept apart, write by write.
class DiskFile {
 public:
  std::size_t size() const noexcept { return seen_.size(); }
  const std::string& content() const noexcept { return seen_; }

  /// Copies what is there into `into`; the number of bytes copied.
  std::size_t read(std::size_t offset, char* into, std::size_t length) const;
  void write(std::size_t offset, std::string_view bytes);
  void truncate(std::size_t size);

  /// All that was written is on the platter.
  void sync();

  /// A sync that fails as kernels let it fail: each write is on the platter, or partly, or not at
  /// all, and no later sync brings it there, while the page cache still shows it.
  void fail_sync(core::Random& random);

  /// Each write since the last sync is on the platter, or partly, or not at all.
  void lose_power(core::Random& random);

  /// The page cache forgets what it believes to be on the platter.
  void forget_cache();

 private:
  struct Change {
    std::size_t offset;  ///< of a truncation: the new size
    std::string bytes;
    bool truncates;
  };

  static void apply(std::string& content, const Change& change);
  static void apply_partly(std::string& content, const Change& change, core::Random& random);
  void settle_by_chance(core::Random& random);

  std::string seen_;
  std::string durable_;
  std::vector<Change> unsynced_;
};

/// One folder of files in memory, with its power and its kernel: names are durable apart from
/// contents. Outlives the processes that use it. Copies share nothing.
class MemoryDisk {
 public:
  using FilePtr = std::shared_ptr<DiskFile>;

  MemoryDisk() = default;
  MemoryDisk(const MemoryDisk& other) { *this = other; }
  MemoryDisk& operator=(const MemoryDisk& other);

  /// Null where there is none.
  FilePtr find(const std::string& name) const;
  FilePtr find_or_create(const std::string& name);
  void remove(const std::string& name);
  void sync_directory();

  /// The machine loses power and is switched on again. No file may be open.
  void lose_power(core::Random& random);
  /// As after a process has ended and the machine was busy with others.
  void forget_cache();

 private:
  std::map<std::string, FilePtr> seen_;
  std::map<std::string, FilePtr> durable_;
};

}  // namespace orderflow::simulation
