#pragma once

#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "events/remote/relay.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/publication.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

class Channel;

struct RedriverOptions {
  ConnectionOptions connection = {};
  std::size_t confirm_window = 256;  ///< messages sent and not confirmed, at most; 1 to 4096
  std::size_t waiting_max = 4096;    ///< redrives handed over and not at their end, at most
  std::chrono::milliseconds idle_limit{30'000};  ///< an idle connection is given back then
  bridge::ReconnectPolicy reconnect = {};
};

/// The node as its redriver needs it. Called on the redriver's thread alone, and outlives it.
class RedriverNode {
 public:
  virtual ~RedriverNode() = default;

  /// The messages of one event that is sent once more for `wanted_by`.
  virtual std::vector<Publication> publications_of(const events::RedrivenEvent& again,
                                                   const std::string& wanted_by) = 0;
};

/// Sends what is sent once more, over a thread of its own, and a connection that it has only while
/// there is something to send. A message goes straight to a queue of a module, and to nobody else;
/// where that queue is not there it is counted. What was not confirmed when a connection ended is
/// sent again on the next. What is handed over is in memory alone: whoever lacks it asks again.
class Redriver final : private bridge::ConnectionLoop::Work {
 public:
  /// Starts the thread. Node and watchdog outlive it.
  Redriver(RedriverOptions options, RedriverNode& node, Watchdog& watchdog,
           std::unique_ptr<core::Random> random);

  /// Stops at once.
  ~Redriver() = default;
  Redriver(const Redriver&) = delete;
  Redriver& operator=(const Redriver&) = delete;

  /// From any thread; does not block. False, and nothing is kept, where as many wait as may.
  bool redrive(events::Redrive again);

  /// Ends; what is not confirmed is forgotten.
  void stop();

  /// From any thread.
  bridge::RedriverStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Open {
    std::vector<Publication> messages;
    std::size_t unconfirmed = 0;
    std::function<void()> done;
  };
  using Opens = std::list<Open>;
  struct Message {
    Opens::iterator of;
    std::size_t index;
  };

  void connect_and_serve() override;
  void take_over() override;
  void state_changed() override {}
  bool wait_for_work();
  void start_again();
  void serve(Connection& connection, Channel& channel);
  void send_some(Connection& connection, Channel& channel);
  void handle(const ConnectionEvent& event);
  void confirm(const Confirmed& confirmed);
  void require_progress(const Connection& connection) const;
  void tell_progress();

  const RedriverOptions options_;
  RedriverNode& node_;
  Watchdog& watchdog_;

  // The thread's own.
  Opens open_;                                  ///< not at their end
  std::deque<Message> unsent_;                  ///< of these, on this connection
  std::map<std::uint64_t, Message> in_flight_;  ///< by tag
  std::uint64_t next_tag_ = 1;
  bridge::RedriverStatus status_;
  Clock::time_point progress_at_;  ///< when the broker has last answered, or owed nothing

  mutable std::mutex mutex_;
  std::vector<events::Redrive> inbox_;
  bridge::RedriverStatus told_;  ///< what others see

  bridge::WakeUp wake_up_;
  bridge::ConnectionLoop loop_;
};

}  // namespace orderflow::rabbitmq
