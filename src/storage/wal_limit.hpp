#pragma once

#include <atomic>
#include <cstdint>

namespace orderflow::storage {

/// Watches how large the write-ahead log is. SQLite cannot give its space back, nor use it again,
/// while somebody reads from an older snapshot: one long reader lets it grow with every commit. At
/// a quarter of the limit it logs a warning, and again whenever it has doubled; at the limit the
/// writer takes no new writes, and only ends what it has taken, until the reader has gone.
///
/// Threads: `observe` from the one that writes; the others from any.
class WalLimit {
 public:
  explicit WalLimit(std::uint64_t bytes_max) noexcept
      : bytes_max_(bytes_max), warn_from_(bytes_max / 4) {}

  /// After a commit, or where space was given back: the log's bytes in use.
  void observe(std::uint64_t bytes);

  bool is_reached() const noexcept { return bytes() >= bytes_max_; }
  std::uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

 private:
  const std::uint64_t bytes_max_;
  std::uint64_t warn_from_;
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace orderflow::storage
