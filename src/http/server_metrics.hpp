#pragma once

#include "http/routing/request_times.hpp"

#include <atomic>
#include <cstdint>

namespace orderflow::http {

/// Counters since the start. Each is exact; together they are a snapshot only when idle.
/// A connection over the cap counts as refused, not as accepted or as a response.
struct ServerCounters {
  std::uint64_t connections_open;
  std::uint64_t connections_accepted;
  std::uint64_t connections_refused;  ///< over the cap
  std::uint64_t connections_ended;    ///< before their time, to make room for others
  std::uint64_t answers_ended;        ///< held ones, as their clients had ended
  std::uint64_t requests;             ///< with a complete header section, or answered without one
  std::uint64_t responses_4xx;
  std::uint64_t responses_5xx;
};

/// What one server counts and measures. It is made before the server, so that a route of that
/// server can show it, and outlives both. Safe from any thread.
struct ServerMetrics {
  ServerCounters counters() const noexcept;

  std::atomic<std::uint64_t> connections_open{0};  ///< without those in the reserve
  std::atomic<std::uint64_t> reserve_open{0};
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> connections_ended{0};
  std::atomic<std::uint64_t> answers_ended{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> responses_4xx{0};
  std::atomic<std::uint64_t> responses_5xx{0};
  RequestTimes times{};  ///< what the requests took, by route
};

}  // namespace orderflow::http
