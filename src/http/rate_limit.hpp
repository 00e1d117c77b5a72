#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::http {

struct RateLimitOptions {
  std::uint32_t per_second = 0;  ///< requests of one client; 0: no limit
  std::uint32_t burst = 100;     ///< at once, after a pause; 1 or more
};

/// Token buckets, one a client, in a table of fixed size: a new client takes the slot of the one in
/// its row that was quiet longest, which then begins with a full bucket again. Safe from any
/// thread; no allocation after the constructor.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit RateLimit(RateLimitOptions options);

  bool is_on() const noexcept { return options_.per_second > 0; }

  /// Nothing where `client` may send now; else how long until it may, rounded up.
  std::optional<std::chrono::seconds> take(std::string_view client, Time now) noexcept;

 private:
  static constexpr std::size_t rows = 2048;
  static constexpr std::size_t buckets_per_row = 4;
  static constexpr std::size_t locks = 64;

  struct Bucket {
    std::uint64_t client = 0;  ///< its hash; 0: nobody
    double tokens = 0;
    Time last{};
  };
  using Row = std::array<Bucket, buckets_per_row>;

  Bucket& bucket_of(Row& row, std::uint64_t client, Time now) const noexcept;

  const RateLimitOptions options_;
  const std::uint64_t salt_;
  std::vector<Row> table_;
  std::array<std::mutex, locks> mutexes_;
};

}  // namespace orderflow::http
