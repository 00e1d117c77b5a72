#pragma once

#include "bridge/connection/connection_state.hpp"
#include "bridge/connection/gate.hpp"
#include "bridge/connection/reconnect_pause.hpp"
#include "bridge/connection/wake_up.hpp"
#include "core/random.hpp"
#include "telemetry/log.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace orderflow::bridge {

/// Keeps a connection to a broker up, on a thread of its own: connects, has it served until it
/// fails, waits with a backoff, and connects again. It ends when it is stopped, and never by
/// itself.
class ConnectionLoop {
 public:
  /// What is done on the connection. Called on the loop's thread alone, from the loop's
  /// construction until `stop` has returned: who implements it has the loop as its last member.
  class Work {
   public:
    /// Connects, calls `connected`, and serves the connection until the loop is `stopping`. What it
    /// throws is the connection's end: `BrokerRefused`, and what is no `BrokerError`, show as
    /// refused and are tried again after `ReconnectPolicy::refused_retry`; other errors of a broker
    /// show as connecting and are tried again with the backoff.
    virtual void connect_and_serve() = 0;

    /// Takes over what other threads have handed over, for which they have signalled: called also
    /// while there is no connection.
    virtual void take_over() = 0;

    /// `state` and `reason` have changed.
    virtual void state_changed() = 0;

   protected:
    ~Work() = default;
  };

  struct Options {
    const char* activity;    ///< for the log: what is interrupted, such as "publishing"
    telemetry::Logger& log;  ///< gets each new reason
    ReconnectPolicy reconnect = {};
    Gate* gate = nullptr;  ///< where it is closed nothing is connected; outlives the loop
  };

  /// Starts the thread. A signal of `wake_up` ends what the work waits for. Both outlive the loop.
  ConnectionLoop(const Options& options, Work& work, WakeUp& wake_up,
                 std::unique_ptr<core::Random> random);
  ~ConnectionLoop();
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  /// Ends the loop and returns when its thread has ended, which an attempt to connect that is under
  /// way can delay by its own limit.
  void stop();

  /// From any thread.
  bool stopping() const noexcept { return stopping_; }

  // By the work, on the loop's thread.

  /// Throws `GateClosed` where the gate is closed. Called at each turn; a change of the gate
  /// signals the work's wake-up.
  void require_open_gate() const;
  void connected();
  /// The broker takes no messages until it is `unblocked`.
  void blocked(std::string reason);
  void unblocked();
  /// The connection has been of use: the next failure is the first.
  void worked() noexcept { pause_.worked(); }
  /// The connection is up now: when it has lasted, it was of use even where nothing came or went.
  void still_up(std::chrono::steady_clock::time_point now) noexcept;

  ConnectionState state() const noexcept { return state_; }
  /// Why it is not connected, or blocked; for people.
  const std::string& reason() const noexcept { return reason_; }
  /// Connections made after the first.
  std::uint64_t reconnects() const noexcept { return connections_ > 0 ? connections_ - 1 : 0; }

 private:
  void run();
  bool is_held_back() const { return gate_ != nullptr && gate_->closed(); }
  void wait_at_gate();
  void interrupted(ConnectionState state, const char* reason, std::chrono::milliseconds pause);
  void wait(std::chrono::milliseconds pause);
  void enter(ConnectionState state, std::string reason);

  const char* const activity_;
  telemetry::Logger& log_;
  Work& work_;
  WakeUp& wake_up_;
  Gate* const gate_;

  // The thread's own.
  ReconnectPause pause_;
  ConnectionState state_ = ConnectionState::connecting;
  std::string reason_;
  std::uint64_t connections_ = 0;
  std::chrono::steady_clock::time_point connected_at_;

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace orderflow::bridge
