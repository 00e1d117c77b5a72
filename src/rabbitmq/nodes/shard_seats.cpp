#include "rabbitmq/nodes/shard_seats.hpp"

#include "bridge/connection/errors.hpp"
#include "rabbitmq/client/reply_codes.hpp"

#include <utility>

namespace orderflow::rabbitmq {

ShardSeats::ShardSeats(Connection& connection, std::string queue, unsigned shards)
    : connection_(connection), queue_(std::move(queue)), shards_(shards) {}

std::vector<unsigned> ShardSeats::look() {
  unsigned taken = 0;
  std::optional<unsigned> rank;
  for (unsigned seat = 0; seat < shards_; ++seat) {
    if (sits_at(seat)) {
      rank = taken;
    } else if (seat_ && *seat_ < seat && !is_taken(seat_name(seat))) {
      break;  // others take the lowest, so that none sits above
    }
    ++taken;
  }
  std::vector<unsigned> mine;
  for (unsigned shard = 0; rank && shard < shards_; ++shard) {
    if (shard % taken == *rank) mine.push_back(shard);
  }
  return mine;
}

/// Whether the seat is this node's now. It is taken otherwise, or above this node's.
bool ShardSeats::sits_at(unsigned seat) {
  if (seat_ && *seat_ <= seat) return *seat_ == seat;
  if (!take(seat_name(seat))) return false;
  if (seat_) channel().delete_queue(seat_name(*seat_));
  seat_ = seat;
  return true;
}

std::string ShardSeats::seat_name(unsigned seat) const {
  return "orderflow.seat." + queue_ + "." + std::to_string(seat);
}

std::string ShardSeats::lock_name(unsigned shard) const {
  return "orderflow.lock." + queue_ + "." + std::to_string(shard);
}

bool ShardSeats::take(const std::string& name) {
  try {
    channel().declare_exclusive_queue(name);
    return true;
  } catch (const bridge::BrokerRefused& refusal) {
    if (refusal.code() != resource_locked && refusal.code() != not_found) throw;
    channel_.reset();
    return false;
  }
}

bool ShardSeats::is_taken(const std::string& name) {
  try {
    channel().check_queue(name);
    return true;
  } catch (const bridge::BrokerRefused& refusal) {
    if (refusal.code() != resource_locked && refusal.code() != not_found) throw;
    channel_.reset();
    return refusal.code() == resource_locked;
  }
}

Channel& ShardSeats::channel() {
  if (!channel_) channel_.emplace(connection_);
  return *channel_;
}

}  // namespace orderflow::rabbitmq
