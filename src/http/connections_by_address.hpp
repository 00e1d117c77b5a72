#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace orderflow::http {

/// How many connections each client address has open; its size is bounded by the number of
/// connections. Safe from any thread.
class ConnectionsByAddress {
 public:
  /// `each_max` of 0: three quarters of `all_max`, so that no address shuts the others out, and no
  /// limit for this machine's own.
  ConnectionsByAddress(std::size_t each_max, std::size_t all_max) noexcept
      : local_is_free_(each_max == 0), each_max_(each_max > 0 ? each_max : all_max - all_max / 4) {}

  /// True where the address may have one more, which is counted until `give_back`. `is_local`: a
  /// loopback address.
  bool take(const std::string& address, bool is_local) {
    if (is_local && local_is_free_) return true;
    const std::lock_guard lock(mutex_);
    std::size_t& count = counts_[address];
    if (count >= each_max_) return false;
    ++count;
    return true;
  }

  void give_back(const std::string& address, bool is_local) noexcept {
    if (is_local && local_is_free_) return;
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(address);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }

 private:
  const bool local_is_free_;
  const std::size_t each_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace orderflow::http
