#pragma once

#include "core/clock.hpp"
#include "http/rate_limit.hpp"
#include "http/routing/authorizer.hpp"
#include "http/routing/router.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::telemetry {
class Tracer;
}

namespace orderflow::http {

struct ServerMetrics;
class TlsCertificate;

/// Bounds of the server. Every one has a default that suits a laptop.
struct ServerOptions {
  std::string address = "127.0.0.1";  ///< an IP address to bind to
  std::uint16_t port = 8080;          ///< 0 takes a free one
  unsigned threads = 2;               ///< I/O threads, each with its own io_context; 1 to 64
  /// Over all threads. At the bound the connection whose request has been waited for longest is
  /// closed for a new one; where that is less than `idle_before_room`, a reserve of a sixteenth
  /// more serves the vital routes alone. Beyond it a connection is answered 503 and closed.
  std::size_t connections_max = 1024;
  std::chrono::milliseconds idle_before_room{250};
  /// Of one client address; more are answered 429. 0: three quarters of all, and all for this
  /// machine.
  std::size_t connections_per_address_max = 0;
  RateLimitOptions rate_limit{};  ///< by API key, else by client address
  std::size_t body_bytes_max = 1U << 20;
  std::size_t bodies_bytes_max = 64U << 20;  ///< of all requests together; what needs more is a 503
  std::size_t header_bytes_max = 16U << 10;  ///< more is a 431
  std::chrono::milliseconds header_timeout{
      10'000};  ///< of the first request: from its connection on
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds idle_timeout{60'000};  ///< between two requests of a connection
  /// Host names (without port) that are accepted besides `localhost` and IP literals.
  std::vector<std::string> allowed_hosts;
  std::shared_ptr<const TlsCertificate> certificate{};  ///< null: HTTP without TLS
  telemetry::Tracer* tracer = nullptr;  ///< outlives the server; null: requests are not traced
};

/// The HTTP/1.1 server: reads and checks requests, routes them, writes the answers in order.
///
/// Threads: `start`, `drain` and the destructor belong to one thread; handlers run on the I/O
/// threads, must not block them and resume through their own executor. The router, which has all of
/// its routes already, the clock, the metrics, which are of this server alone, and the authorizer
/// outlive the server.
class Server {
 public:
  /// Throws `std::invalid_argument` where `options.threads` is out of range. Without an authorizer
  /// every route is open.
  Server(ServerOptions options, const Router& router, const core::Clock& clock,
         ServerMetrics& metrics, Authorizer* authorizer = nullptr);

  /// Cuts what is running where `drain` was not called, then drops the handlers that were cut. What
  /// these wait for must not refer to them any more: stop it before, destroy it after.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and starts the threads, once. Throws `std::runtime_error` that names address and reason,
  /// also where another server listens on that port.
  void start();

  /// The port in use, after `start`.
  std::uint16_t port() const noexcept;

  /// From now on each answer ends its connection, so that clients move to other nodes; requests and
  /// connections are still accepted, and idle ones stay. Returns at once. After `start`.
  void retire();

  /// Retires, ends the streams and what is idle, and lets running requests finish. The port is
  /// closed last: when what was open has ended, or half of `limit` is over. Until then new
  /// connections are answered, one request each. What is still open at `limit` is cut: its
  /// connection is closed and its handler may never resume. Returns when all I/O threads have
  /// ended. Idempotent.
  void drain(std::chrono::milliseconds limit);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orderflow::http
