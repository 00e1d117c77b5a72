#pragma once

#include "bridge/confirm_ledger.hpp"
#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/reconnect_pause.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/message/message.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "events/log/event.hpp"
#include "events/remote/relay.hpp"
#include "rabbitmq/client/broker_turns.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/publisher_node.hpp"
#include "rabbitmq/recipient_watch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

class Channel;

struct PublisherOptions {
  ConnectionOptions connection = {};
  ConnectionOptions watching = {};         ///< of the connection that looks after the recipients
  std::string node = {};                   ///< in the names of what that declares
  std::size_t confirm_window = 256;        ///< messages sent and not settled, at most; 1 to 4096
  bridge::ReconnectPolicy reconnect = {};  ///< also how often held events are tried again
  bridge::Gate* gate = nullptr;            ///< of `ConnectionLoop`
  /// How often it is seen whether recipients are still there, above half a second: so long RabbitMQ
  /// 3.10 takes to write to disk that there is a queue, and a crash before that loses it.
  std::chrono::milliseconds look_every{1'000};
};

/// Publishes the events that the node hands over, in log order, over a connection and a thread of
/// its own, and reports how far the broker has confirmed them: an event is, once each recipient has
/// its copy. Each arrives at least once: what was not confirmed when a connection ended is
/// published again, in order, on the next. A recipient that is lost with what it had confirmed is
/// noticed within seconds and declared again, and gets what was sent to it since it was last seen.
/// It never ends by itself and never blocks who hands over.
class Publisher final : public events::RelaySink, private bridge::ConnectionLoop::Work {
 public:
  /// Starts the thread. Node and watchdog outlive it.
  Publisher(PublisherOptions options, PublisherNode& node, Watchdog& watchdog,
            std::unique_ptr<core::Random> random);

  /// Stops without waiting for confirms.
  ~Publisher() override = default;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void relay(events::EventList events) override;

  /// Where it is connected it publishes what has been handed over and waits for the confirms, for
  /// at most `limit`; then it ends. Returns when the thread has ended, which an attempt to connect
  /// that is under way can delay by its own limit. What is left is not lost: it was never reported
  /// as confirmed.
  void stop(std::chrono::milliseconds limit);

  /// From any thread.
  bridge::PublisherStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;

  void connect_and_serve() override;
  void take_over() override;
  void state_changed() override;
  void serve(Connection& connection, Channel& channel);
  bool may_end() const;
  std::size_t publish_some(Connection& connection, Channel& channel);
  void publish(Channel& channel, bridge::ConfirmLedger::Position position);
  void drain(Connection& connection);
  void handle(const ConnectionEvent& event);
  void handle_return(const Returned& returned);
  void handle_channel_closed(const ChannelClosed& closed);
  void send(Channel& channel, bridge::ConfirmLedger::Position position,
            const Publication& publication);
  void send_copy(Channel& channel, bridge::ConfirmLedger::Position position, unsigned index,
                 const Recipient& recipient, const bridge::Message& message);
  void retry_deferred_when_due();
  void look_after_confirms(const Connection& connection);
  void tell_progress();
  std::chrono::milliseconds wait_limit() const;

  const PublisherOptions options_;
  PublisherNode& node_;
  Watchdog& watchdog_;

  // The thread's own.
  BrokerTurns brokers_;
  bridge::ConfirmLedger ledger_;
  RecipientWatch watch_;
  bridge::ReconnectPause deferred_pause_;
  std::optional<Clock::time_point> retry_deferred_at_;
  bridge::PublisherStatus status_;
  Clock::time_point progress_at_;  ///< when the broker has last answered, or owed nothing

  mutable std::mutex mutex_;
  events::EventList inbox_;       ///< handed over and not yet in the ledger
  bridge::PublisherStatus told_;  ///< what others see
  Clock::time_point end_at_;      ///< written before the loop is stopped

  bridge::WakeUp wake_up_;
  bridge::ConnectionLoop loop_;
};

}  // namespace orderflow::rabbitmq
