#pragma once

#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// How the nodes of a module agree who works on which of its shards, without a list of them: each
/// takes a *seat*, the lowest that is free, and of n seats the one of number i has the shards i,
/// i + n, i + 2n, …. Seats, and the locks by which a shard changes hands, are exclusive queues: the
/// broker frees those of a connection that ends. While a node comes or goes two may count
/// differently; then a lock keeps the shard with one. Belongs to the thread of the connection,
/// which outlives it. Members throw as `Channel` does.
class ShardSeats {
 public:
  /// `queue` is the module's shared one without a shard; of two shards or more.
  ShardSeats(Connection& connection, std::string queue, unsigned shards);

  /// Takes a seat, or a lower one where that is free now. The shards that are to be this node's, in
  /// order: none where all seats are taken.
  std::vector<unsigned> look();

  /// Locks a shard for this node; false: another has it still.
  bool claim(unsigned shard) { return take(lock_name(shard)); }
  void release(unsigned shard) { channel().delete_queue(lock_name(shard)); }

 private:
  std::string seat_name(unsigned seat) const;
  std::string lock_name(unsigned shard) const;
  bool take(const std::string& name);
  bool is_taken(const std::string& name);
  bool sits_at(unsigned seat);
  Channel& channel();

  Connection& connection_;
  const std::string queue_;
  const unsigned shards_;
  std::optional<Channel> channel_;  ///< the broker closes it with each refusal
  std::optional<unsigned> seat_;
};

}  // namespace orderflow::rabbitmq
