#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace orderflow::http {

/// How many connections each client address has open. As large as there are connections. Safe from
/// any thread.
class ConnectionsByAddress {
 public:
  /// `each_max` of 0: no limit, and nothing is counted.
  explicit ConnectionsByAddress(std::size_t each_max) noexcept : each_max_(each_max) {}

  /// True where the address may have one more, which is counted until `give_back`.
  bool take(const std::string& address) {
    if (each_max_ == 0) return true;
    const std::lock_guard lock(mutex_);
    std::size_t& count = counts_[address];
    if (count >= each_max_) return false;
    ++count;
    return true;
  }

  void give_back(const std::string& address) noexcept {
    if (each_max_ == 0) return;
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(address);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }

 private:
  const std::size_t each_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace orderflow::http
