#include "core/id_source.hpp"

#include <utility>

namespace orderflow::core {
namespace {

constexpr std::uint64_t low_mask = (std::uint64_t{1} << 62) - 1;
constexpr std::uint64_t high_mask = (std::uint64_t{1} << 12) - 1;

}  // namespace

IdSource::IdSource(const Clock& clock, std::unique_ptr<Random> random)
    : clock_(clock), random_(std::move(random)) {}

Uuid IdSource::next() {
  const auto now_ms = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(clock_.now()).time_since_epoch().count());
  if (now_ms > last_ms_) {
    last_ms_ = now_ms;
    // The top bit starts clear, so that increments within this millisecond do not overflow.
    high_ = random_->next() & (high_mask >> 1);
    low_ = random_->next() & low_mask;
  } else {
    // A random step keeps neighbours hard to guess.
    const std::uint64_t step = 1 + (random_->next() & 0xffffffffULL);
    low_ += step;
    if (low_ > low_mask) {
      low_ &= low_mask;
      if (++high_ > high_mask) {
        high_ = 0;
        ++last_ms_;
      }
    }
  }
  std::array<std::uint8_t, 10> tail{};
  tail[0] = static_cast<std::uint8_t>(high_ >> 8);
  tail[1] = static_cast<std::uint8_t>(high_);
  for (std::size_t i = 0; i < 8; ++i) {
    tail[2 + i] = static_cast<std::uint8_t>(low_ >> (8 * (7 - i)));
  }
  return make_uuid_v7(last_ms_, tail);
}

}  // namespace orderflow::core
