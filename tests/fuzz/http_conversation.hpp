#pragma once

#include "core/clock.hpp"
#include "http/worker.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::fuzz {

/// Sessions of the real HTTP server, one after the other, on this thread: the client's end is that
/// of a pair of connected sockets. Nothing waits: what a side has to send is sent at once, and the
/// deadlines are far away.
class Conversations {
 public:
  /// The router has all of its routes and outlives this.
  explicit Conversations(const http::Router& router);

  static constexpr std::size_t header_bytes_max = 1024;
  static constexpr std::size_t body_bytes_max = 2048;

  /// What a session answers to `bytes`, after which the client sends no more. `pieces` decides how
  /// they come: 0 all at once, any other number in pieces that follow from it.
  std::string hold(std::string_view bytes, std::uint64_t pieces);

  /// A client that sends `bytes`, reads nothing and goes.
  void cut(std::string_view bytes);

 private:
  class Client;
  /// Lets the session do what it can; the client receives all of it.
  void settle(Client& client, std::string& received);
  void require_ended();

  core::SystemClock clock_;
  http::ServerMetrics metrics_;
  http::ServerState state_;
  http::Worker worker_;
};

}  // namespace orderflow::fuzz
