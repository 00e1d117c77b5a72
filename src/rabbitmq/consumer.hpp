#pragma once

#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/reception.hpp"
#include "bridge/reception_inbox.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "events/delivery/causal_tracker.hpp"
#include "rabbitmq/client/broker_turns.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/nodes/shard_balance.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
  std::vector<bridge::ConsumedQueue> queues = {};  ///< taken from as long as it runs
  std::vector<ShardedQueues> sharded = {};         ///< shared with other nodes by `ShardBalance`
  /// By module, its shared queue without a shard: a node's own one is named after it.
  std::map<std::string, std::string, std::less<>> shared_queues = {};
  std::uint16_t prefetch = 256;          ///< on each queue
  bool acknowledge_when_stored = false;  ///< else when this node is done with the event
  bridge::ReconnectPolicy reconnect = {};
  bridge::Gate* gate = nullptr;  ///< of `ConnectionLoop`
};

/// The node as its consumer needs it. Called on the consumer's thread alone, and outlives the
/// consumer.
class ConsumerNode {
 public:
  virtual ~ConsumerNode() = default;

  /// Declares on a new connection what must be there before anything is consumed. What came over
  /// the last connection and is not acknowledged comes again.
  virtual void prepare(Connection& connection) = 0;
  /// What is to be done with a message.
  virtual bridge::Decision decide(const bridge::ConsumedQueue& queue, const Delivery& delivery) = 0;
  /// Has received events written to the log in one commit, and does not wait: the observer is told
  /// whether they were.
  virtual void store(const events::ReceivedBatch& batch,
                     const std::shared_ptr<events::ReceptionObserver>& observer) = 0;
  /// They are on disk.
  virtual void stored(const events::ReceivedBatch& batch) = 0;
};

/// Takes messages from the node's queues over a connection and a thread of its own. A message is
/// acknowledged when what it is for is durable, so that a crash anywhere brings it again. Messages
/// of a queue come to the log in their order. It never ends by itself.
class Consumer final : private bridge::ConnectionLoop::Work, private ShardBalance::Queues {
 public:
  /// Starts the thread. Node and watchdog outlive it.
  Consumer(ConsumerOptions options, ConsumerNode& node, Watchdog& watchdog,
           std::unique_ptr<core::Random> random);

  /// Stops at once.
  ~Consumer() override = default;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// To be told when the node has finished the causal chain of a received event; also after the
  /// consumer has gone.
  std::shared_ptr<events::ReceptionObserver> observer() const { return inbox_; }

  /// From now on nothing is taken in; acknowledgements continue.
  void drain() noexcept;

  /// Ends; what is not acknowledged goes back to its queue. An attempt to connect that is under way
  /// can delay it by its own limit.
  void stop();

  /// From any thread.
  bridge::ConsumerStatus status() const;

 private:
  using Clock = std::chrono::steady_clock;
  using TrackingNumber = events::CausalTracker::TrackingNumber;

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
  void open(const bridge::ConsumedQueue& queue) override;
  void leave(const bridge::ConsumedQueue& queue) override;
  bool is_finished(const bridge::ConsumedQueue& queue) const override;
  void close(const bridge::ConsumedQueue& queue) override;
  ChannelNumber channel_of(const bridge::ConsumedQueue& queue) const;
  void drain(Connection& connection);
  void handle(const ConnectionEvent& event);
  void receive(const Delivery& delivery);
  void reject(const Origin& origin, const std::string& queue, const bridge::Message& message,
              const std::string& reason);
  void store_received();
  void write();
  void handle_stored(const bridge::ReceptionInbox::StoredReport& report);
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
  ConsumerNode& node_;
  Watchdog& watchdog_;
  const std::shared_ptr<bridge::ReceptionInbox> inbox_ = std::make_shared<bridge::ReceptionInbox>();

  // The thread's own.
  BrokerTurns brokers_;
  ShardBalance shards_;
  bridge::ConsumerStatus status_;
  std::map<ChannelNumber, std::pair<Channel, const bridge::ConsumedQueue*>> channels_;
  std::unordered_map<TrackingNumber, Origin> unacknowledged_;
  TrackingNumber next_tracking_number_ = 1;
  std::vector<events::ReceivedEvent> gathered_;
  /// Being written, one batch at a time: the log keeps the order of the queues.
  events::ReceivedBatch under_way_;
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
