#pragma once

#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/reception.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "events/delivery/causal_tracker.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {

struct ConsumerOptions {
  ConnectionOptions connection = {};
  std::vector<bridge::ConsumedQueue> queues = {};
  /// By module, its shared queue without a shard: a node's own one is named after it.
  std::map<std::string, std::string, std::less<>> shared_queues = {};
  std::uint16_t prefetch = 256;          ///< on each queue
  bool acknowledge_when_stored = false;  ///< else when this node is done with the event
  bridge::ReconnectPolicy reconnect = {};
};

/// How the arrivals of a batch have fared: null, or why none of them is on disk.
using StoredCallback = std::function<void(std::exception_ptr)>;

/// What the consumer leaves to others; called on its thread alone.
struct ConsumerParts {
  /// Declares on a new connection what must stand before anything is consumed.
  std::function<void(Connection&)> declare;
  std::function<bridge::Decision(const bridge::ConsumedQueue&, const Delivery&)> decide;
  /// Writes arrivals to the log in one commit, and tells; from any thread.
  std::function<void(std::shared_ptr<const std::vector<events::ReceivedEvent>>, StoredCallback)>
      receive;
};

/// Takes messages from the node's queues over a connection and a thread of its own. A message is
/// acknowledged when what it is for is durable, so that a crash anywhere brings it again. Messages
/// of a queue come to the log in their order. It never ends by itself.
class Consumer final : private bridge::ConnectionLoop::Work {
 public:
  /// Starts the thread. The watchdog outlives it.
  Consumer(ConsumerOptions options, ConsumerParts parts, Watchdog& watchdog,
           std::unique_ptr<core::Random> random);

  /// Stops at once.
  ~Consumer() = default;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// The node is done with an arrival; from any thread, and also after the consumer has gone.
  std::function<void(events::CausalTracker::TrackingNumber)> on_ended() const;

  /// From now on nothing is taken in; acknowledgements go on.
  void drain() noexcept;

  /// Ends; what is not acknowledged goes back to its queue. An attempt to connect that is under way
  /// can delay it by its own limit.
  void stop();

  /// From any thread.
  bridge::ConsumerStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;
  using TrackingNumber = events::CausalTracker::TrackingNumber;

  /// What other threads tell this one. Outlives the consumer with whoever still has to tell.
  struct Inbox {
    std::mutex mutex;
    std::vector<TrackingNumber> ended;
    std::vector<std::pair<std::uint64_t, std::exception_ptr>> stored;  ///< by number of the write
    bridge::WakeUp wake_up;
  };
  /// Where to acknowledge.
  struct Origin {
    ChannelNumber channel;
    std::uint64_t tag;
  };
  struct PassedOn {
    Origin origin;
    std::string message_id;
  };

  void connect_and_serve() override;
  void take_over() override;
  void state_changed() override;
  void serve(Connection& connection);
  void open_queues(Connection& connection);
  void drain(Connection& connection);
  void handle(const ConnectionEvent& event);
  void receive(const Delivery& delivery);
  void reject(const Origin& origin, const std::string& queue, const bridge::Message& message,
              const std::string& reason);
  void store_received();
  void write();
  void stored(const std::exception_ptr& error);
  void acknowledge(const Origin& origin);
  void acknowledge(TrackingNumber tracking_number);
  void pass_on(const Origin& origin, const bridge::ConsumedQueue& queue,
               const bridge::PassOn& pass);
  void confirmed_elsewhere(const Confirmed& confirmed);
  void unwanted_elsewhere(const Returned& returned);
  std::chrono::milliseconds wait_limit() const;
  void forget_connection();
  void publish_status();

  const ConsumerOptions options_;
  const ConsumerParts parts_;
  Watchdog& watchdog_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();

  // The thread's own.
  bridge::ConsumerStatus status_;
  std::map<ChannelNumber, std::pair<Channel, const bridge::ConsumedQueue*>> channels_;
  std::unordered_map<TrackingNumber, Origin> unacknowledged_;
  TrackingNumber next_tracking_number_ = 1;
  std::vector<events::ReceivedEvent> gathered_;
  /// Being written, one batch at a time: the log keeps the order of the queues.
  std::shared_ptr<const std::vector<events::ReceivedEvent>> under_way_;
  std::uint64_t write_number_ = 0;
  std::optional<Clock::time_point> write_again_at_;
  std::optional<Channel> passing_on_;         ///< opened when it is needed
  std::map<std::uint64_t, PassedOn> passed_;  ///< by its tag there, until confirmed
  std::uint64_t next_passing_tag_ = 1;
  Connection* connection_ = nullptr;

  mutable std::mutex mutex_;
  bridge::ConsumerStatus told_;  ///< what others see
  std::atomic<bool> draining_ = false;

  bridge::ConnectionLoop loop_;
};

}  // namespace orderflow::rabbitmq
