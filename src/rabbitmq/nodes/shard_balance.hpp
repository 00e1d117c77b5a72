#pragma once

#include "bridge/reception.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/nodes/shard_seats.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// The queues of a module that has shards, in their order.
struct ShardedQueues {
  std::string queue;  ///< the name of the module's shared queue, without a shard
  std::vector<bridge::ConsumedQueue> shards;
};

/// Has this node consume its share of the shards of its modules, and no shard that another node is
/// not done with: what is given up is finished first, so that the events of a key stay in order.
/// Belongs to the consumer's thread.
class ShardBalance {
 public:
  /// What it has the consumer do.
  class Queues {
   public:
    virtual ~Queues() = default;

    virtual void open(const bridge::ConsumedQueue& queue) = 0;
    /// Takes nothing more from it; what has come is finished.
    virtual void leave(const bridge::ConsumedQueue& queue) = 0;
    /// Whether everything that has come from it is acknowledged.
    virtual bool is_finished(const bridge::ConsumedQueue& queue) const = 0;
    /// What is not acknowledged goes back to it.
    virtual void close(const bridge::ConsumedQueue& queue) = 0;
  };

  using Clock = std::chrono::steady_clock;

  /// How often nodes look who is there.
  static constexpr std::chrono::milliseconds look_every{500};
  /// What is given up and not finished so long is handed over as it is.
  static constexpr std::chrono::seconds leaving_max{30};

  ShardBalance(const std::vector<ShardedQueues>& modules, Queues& queues);

  /// For a new connection, on which nothing is consumed yet. It outlives the next call of `forget`.
  void begin(Connection& connection);
  /// The connection has ended, and with it everything that was held.
  void forget();

  /// Moves on: called at each turn. Throws as `Channel` and the consumer do.
  void look(Clock::time_point now);

  /// When it wants to be called at the latest; nothing where there are no shards.
  std::optional<Clock::time_point> next() const;

 private:
  enum class Hold { none, held, leaving };
  struct Shard {
    const bridge::ConsumedQueue* queue;
    Hold hold = Hold::none;
    Clock::time_point leaves_at = {};  ///< at the latest
  };
  struct Module {
    std::string queue;
    std::vector<Shard> shards;
    std::optional<ShardSeats> seats = {};
  };

  void share(Module& module, Clock::time_point now);
  void finish(Module& module, Clock::time_point now);

  const std::vector<ShardedQueues> planned_;
  Queues& queues_;
  std::vector<Module> modules_;
  Clock::time_point look_at_;
};

}  // namespace orderflow::rabbitmq
