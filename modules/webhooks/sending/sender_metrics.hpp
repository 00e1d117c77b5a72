#pragma once

#include "sending/journal.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/histogram.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace orderflow::webhooks {

/// What a sender has done, for a scrape. Safe from any thread.
struct SenderMetrics {
  std::atomic<std::size_t> endpoints = 0;
  std::atomic<std::size_t> waiting = 0;    ///< deliveries
  std::atomic<std::size_t> under_way = 0;  ///< attempts that are not written down
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> given_up = 0;
  telemetry::Histogram attempt_micros{};

  /// Deliveries: those that were accepted, and those that were given up.
  std::int64_t ended() const noexcept { return static_cast<std::int64_t>(accepted + given_up); }

  void count(const Entry::Ended& ended) noexcept;
  void add_to(telemetry::Exposition& metrics) const;
};

}  // namespace orderflow::webhooks
