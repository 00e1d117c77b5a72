#pragma once

#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/gate.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "rabbitmq/client/broker_turns.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace orderflow::rabbitmq {

struct NameLockOptions {
  ConnectionOptions connection = {};
  std::string node = {};  ///< the name
  /// How long another may hold the name until it counts as another node: after a cut the broker
  /// keeps our own connection until it misses its heartbeats.
  std::chrono::milliseconds patience{40'000};
  bridge::ReconnectPolicy reconnect = {};
};

/// Holds the name of this node on the broker, by an exclusive queue `orderflow.node.<name>` on a
/// connection and a thread of its own: of two nodes with one name the answers for either would
/// reach any of them. What needs the name stands before a gate, which is open while it is held; the
/// broker gives the name free when the connection ends, so that the gate closes at once then.
class NameLock final : private bridge::ConnectionLoop::Work {
 public:
  /// Starts the thread. The watchdog and the gate outlive it. `on_change` is told whether another
  /// node has the name, so that this one must take no orders; on the thread, at each change, quick.
  NameLock(NameLockOptions options, Watchdog& watchdog, bridge::Gate& gate,
           std::function<void(bool is_taken)> on_change, std::unique_ptr<core::Random> random);
  ~NameLock() = default;
  NameLock(const NameLock&) = delete;
  NameLock& operator=(const NameLock&) = delete;

  /// Gives the name back. Returns when the thread has ended.
  void stop() { loop_.stop(); }

  /// From any thread.
  bridge::NameStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;

  void connect_and_serve() override;
  void take_over() override {}
  void state_changed() override;
  bool claim(Connection& connection, Channel& channel);
  bool try_claim(Channel& channel);
  void wait_for_it();
  void hold(Connection& connection, Channel& channel);
  void release(std::string reason);
  void tell(bridge::NameStatus status);

  const NameLockOptions options_;
  const std::string queue_;
  Watchdog& watchdog_;
  bridge::Gate& gate_;
  const std::function<void(bool)> on_change_;

  // The thread's own.
  BrokerTurns brokers_;
  bool was_held_ = false;  ///< by this process
  /// When another was first seen to have it, until it is had; nothing: nobody was.
  std::optional<Clock::time_point> taken_since_;

  mutable std::mutex mutex_;
  bridge::NameStatus told_;

  bridge::WakeUp wake_up_;
  bridge::ConnectionLoop loop_;
};

/// The queue that stands for a name.
std::string name_queue(const std::string& node);

/// Whether a node of this name is connected. Throws as `Channel` does.
bool is_name_held(Connection& connection, const std::string& node);

}  // namespace orderflow::rabbitmq
