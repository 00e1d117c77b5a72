#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

namespace orderflow::telemetry {

/// The distribution of values over buckets, as in Prometheus. Observing costs three relaxed
/// additions; safe from any thread. Values are whole numbers of one unit, which the owner names.
class Histogram {
 public:
  static constexpr std::size_t bounds_max = 16;

  /// Bounds of times in microseconds, from a tenth of a millisecond to half a minute.
  static constexpr std::array<std::uint64_t, 13> times_us = {
      100,    250,     500,     1'000,     2'500,     5'000,     10'000,
      25'000, 100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};

  /// Bounds of how many are in a batch.
  static constexpr std::array<std::uint64_t, 10> sizes = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256};

  /// `bounds` are the largest values of the buckets, ascending, at most `bounds_max`, and outlive
  /// the histogram; larger values are counted in a last bucket of their own.
  explicit Histogram(std::span<const std::uint64_t> bounds = times_us) : bounds_(bounds) {}

  void observe(std::uint64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket])
      ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  /// A copy of the counts; values that are observed meanwhile may be in it or not.
  struct Snapshot {
    std::span<const std::uint64_t> bounds;
    std::array<std::uint64_t, bounds_max + 1> counts{};  ///< not cumulated; the last is above all
    std::uint64_t sum = 0;

    std::uint64_t count() const noexcept {
      return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    }
  };
  Snapshot snapshot() const noexcept {
    Snapshot copy{.bounds = bounds_};
    for (std::size_t i = 0; i <= bounds_.size(); ++i)
      copy.counts[i] = counts_[i].load(std::memory_order_relaxed);
    copy.sum = sum_.load(std::memory_order_relaxed);
    return copy;
  }

 private:
  std::span<const std::uint64_t> bounds_;
  std::array<std::atomic<std::uint64_t>, bounds_max + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0};
};

}  // namespace orderflow::telemetry
