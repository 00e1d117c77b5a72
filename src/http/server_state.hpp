#pragma once

#include "http/body_budget.hpp"
#include "http/connections_by_address.hpp"
#include "http/rate_limit.hpp"
#include "http/server.hpp"
#include "http/server_metrics.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace orderflow::http {

/// Counts what a draining server waits for. Safe from any thread.
class ConnectionCounts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A session is *early* or, where it began when its worker had begun to end its sessions, late.
  void session_began(bool is_early);
  void session_ended(bool is_early);
  void worker_ends_sessions();
  void worker_closed_port();
  void worker_ended();

  /// Waits until `workers` have begun to end their sessions and no early one is left. False where
  /// `until` passed.
  bool wait_for_early_sessions(unsigned workers, Time until);
  /// Waits until `workers` have closed the port and no session is left. False where `until` passed.
  bool wait_for_sessions(unsigned workers, Time until);
  /// Waits until `workers` have ended. False where `until` passed.
  bool wait_for_workers(unsigned workers, Time until);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t early_sessions_ = 0;
  std::size_t late_sessions_ = 0;
  unsigned workers_ending_sessions_ = 0;
  unsigned workers_without_port_ = 0;
  unsigned workers_ended_ = 0;
};

/// What a connection counts against.
enum class Room {
  general,
  reserve  ///< for the vital routes: the connection ends after one answer
};

/// What the I/O threads of one server share. Outlives them and their sessions.
struct ServerState {
  ServerState(ServerOptions given, const Router& routes, const core::Clock& time,
              ServerMetrics& counted, Authorizer* key_authorizer)
      : options(std::move(given)),
        router(routes),
        clock(time),
        authorizer(key_authorizer),
        metrics(counted),
        rate_limit(options.rate_limit),
        bodies(options.bodies_bytes_max),
        connections_by_address(options.connections_per_address_max, options.connections_max) {
    metrics.times.add(routes);
  }

  const ServerOptions options;
  const Router& router;
  const core::Clock& clock;
  Authorizer* const authorizer;  ///< null: every route is open
  ConnectionCounts connection_counts;
  ServerMetrics& metrics;
  RateLimit rate_limit;
  BodyBudget bodies;
  ConnectionsByAddress connections_by_address;

  /// How many connections count against it.
  std::atomic<std::uint64_t>& open_in(Room room) noexcept {
    return room == Room::reserve ? metrics.reserve_open : metrics.connections_open;
  }

  std::atomic<std::uint64_t> responses_held{0};  ///< now
};

}  // namespace orderflow::http
