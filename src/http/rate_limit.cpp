#include "http/rate_limit.hpp"

#include "core/random.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace orderflow::http {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

}  // namespace

RateLimit::RateLimit(RateLimitOptions options)
    : options_(options),
      salt_(core::make_system_random()->next()),
      table_(options.per_second > 0 ? rows : 0) {}

std::optional<std::chrono::seconds> RateLimit::take(std::string_view client, Time now) noexcept {
  if (!is_on()) return std::nullopt;
  const std::uint64_t hash =
      std::max<std::uint64_t>(mixed(std::hash<std::string_view>{}(client) ^ salt_), 1);
  const std::size_t row = hash % rows;
  const std::lock_guard lock(mutexes_[row % locks]);
  Bucket& bucket = bucket_of(table_[row], hash, now);
  const std::chrono::duration<double> passed = now - bucket.last;
  bucket.last = now;
  bucket.tokens =
      std::min<double>(options_.burst, bucket.tokens + passed.count() * options_.per_second);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  const double wait = std::ceil((1 - bucket.tokens) / options_.per_second);
  return std::chrono::seconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(wait)));
}

RateLimit::Bucket& RateLimit::bucket_of(Row& row, std::uint64_t client, Time now) const noexcept {
  const auto known = std::ranges::find(row, client, &Bucket::client);
  if (known != row.end()) return *known;
  Bucket& oldest = *std::ranges::min_element(row, {}, &Bucket::last);
  oldest = {.client = client, .tokens = static_cast<double>(options_.burst), .last = now};
  return oldest;
}

}  // namespace orderflow::http
