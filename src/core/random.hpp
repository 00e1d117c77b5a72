#pragma once

#include <cstdint>
#include <memory>

namespace orderflow::core {

/// A source of random 64-bit numbers. Injected, so that a failing run replays from its seed.
/// Not safe for concurrent use: give each thread its own.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  /// A number in [0, bound), evenly spread; 0 where `bound` is 0.
  std::uint64_t below(std::uint64_t bound);
};

/// The same sequence for the same seed (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

/// A generator seeded from the operating system's entropy. For identifiers and jitter, not for
/// secrets.
std::unique_ptr<Random> make_system_random();

}  // namespace orderflow::core
