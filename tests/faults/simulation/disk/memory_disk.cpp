#include "faults/simulation/disk/memory_disk.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace orderflow::simulation {
namespace {

constexpr std::size_t sector_bytes = 512;

void put(std::string& content, std::size_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  content.replace(offset, bytes.size(), bytes);
}

}  // namespace

std::size_t DiskFile::read(std::size_t offset, char* into, std::size_t length) const {
  if (offset >= seen_.size()) return 0;
  const std::size_t count = std::min(length, seen_.size() - offset);
  std::memcpy(into, seen_.data() + offset, count);
  return count;
}

void DiskFile::write(std::size_t offset, std::string_view bytes) {
  put(seen_, offset, bytes);
  unsynced_.push_back({offset, std::string(bytes), false});
}

void DiskFile::truncate(std::size_t size) {
  seen_.resize(size, '\0');
  unsynced_.push_back({size, {}, true});
}

void DiskFile::sync() {
  for (const Change& change : unsynced_)
    apply(durable_, change);
  unsynced_.clear();
}

void DiskFile::fail_sync(core::Random& random) {
  settle_by_chance(random);
}

void DiskFile::lose_power(core::Random& random) {
  settle_by_chance(random);
  seen_ = durable_;
}

void DiskFile::forget_cache() {
  seen_ = durable_;
  for (const Change& change : unsynced_)
    apply(seen_, change);
}

void DiskFile::apply(std::string& content, const Change& change) {
  if (change.truncates) {
    content.resize(change.offset, '\0');
  } else {
    put(content, change.offset, change.bytes);
  }
}

void DiskFile::apply_partly(std::string& content, const Change& change, core::Random& random) {
  const std::string_view bytes = change.bytes;
  const bool prefix_only = random.below(2) == 0;
  const std::size_t prefix = random.below(bytes.size() + 1);
  for (std::size_t at = 0; at < bytes.size();) {
    // Sectors are those of the file, not of the write.
    const std::size_t end =
        std::min(bytes.size(), at + sector_bytes - (change.offset + at) % sector_bytes);
    const bool keeps = prefix_only ? end <= prefix : random.below(2) == 0;
    if (keeps) put(content, change.offset + at, bytes.substr(at, end - at));
    at = end;
  }
}

void DiskFile::settle_by_chance(core::Random& random) {
  // Of eight writes these many stay whole and these many in part; each incident has its own odds.
  const std::uint64_t whole = random.below(9);
  const std::uint64_t torn = random.below(9 - whole);
  for (const Change& change : unsynced_) {
    const std::uint64_t fate = random.below(8);
    if (fate < whole) {
      apply(durable_, change);
    } else if (fate < whole + torn && !change.truncates) {
      apply_partly(durable_, change, random);
    }
  }
  unsynced_.clear();
}

MemoryDisk& MemoryDisk::operator=(const MemoryDisk& other) {
  if (this == &other) return *this;
  std::map<const DiskFile*, FilePtr> copies;
  const auto copy_of = [&](const std::map<std::string, FilePtr>& names) {
    std::map<std::string, FilePtr> copied;
    for (const auto& [name, file] : names) {
      FilePtr& copy = copies[file.get()];
      if (!copy) copy = std::make_shared<DiskFile>(*file);
      copied.emplace(name, copy);
    }
    return copied;
  };
  seen_ = copy_of(other.seen_);
  durable_ = copy_of(other.durable_);
  return *this;
}

MemoryDisk::FilePtr MemoryDisk::find(const std::string& name) const {
  const auto found = seen_.find(name);
  return found == seen_.end() ? nullptr : found->second;
}

MemoryDisk::FilePtr MemoryDisk::find_or_create(const std::string& name) {
  FilePtr& file = seen_[name];
  if (!file) file = std::make_shared<DiskFile>();
  return file;
}

void MemoryDisk::remove(const std::string& name) {
  seen_.erase(name);
}

void MemoryDisk::sync_directory() {
  durable_ = seen_;
}

void MemoryDisk::lose_power(core::Random& random) {
  std::set<std::string> names;
  for (const auto& [name, file] : seen_)
    names.insert(name);
  for (const auto& [name, file] : durable_)
    names.insert(name);
  for (const std::string& name : names) {
    const FilePtr latest = find(name);
    const auto before = durable_.find(name);
    const FilePtr earlier = before == durable_.end() ? nullptr : before->second;
    const FilePtr left = random.below(2) == 0 ? latest : earlier;
    if (left) {
      durable_[name] = left;
    } else {
      durable_.erase(name);
    }
  }
  for (const auto& [name, file] : durable_)
    file->lose_power(random);
  seen_ = durable_;
}

void MemoryDisk::forget_cache() {
  for (const auto& [name, file] : seen_)
    file->forget_cache();
}

}  // namespace orderflow::simulation
