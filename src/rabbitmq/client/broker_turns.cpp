#include "rabbitmq/client/broker_turns.hpp"

#include "bridge/connection/errors.hpp"

#include <utility>

namespace orderflow::rabbitmq {

BrokerTurns::BrokerTurns(ConnectionOptions options, std::size_t first)
    : options_(std::move(options)) {
  addresses_.push_back(options_.address);
  addresses_.insert(addresses_.end(), options_.others.begin(), options_.others.end());
  turn_ = first % addresses_.size();
}

const ConnectionOptions& BrokerTurns::next() {
  options_.address = addresses_[turn_];
  turn_ = (turn_ + 1) % addresses_.size();
  return options_;
}

std::unique_ptr<Connection> connect_to_any(const ConnectionOptions& options, Watchdog& watchdog) {
  BrokerTurns turns(options, 0);
  for (std::size_t left = turns.size(); left > 1; --left) {
    try {
      return std::make_unique<Connection>(turns.next(), watchdog);
    } catch (const bridge::BrokerUnreachable&) {
      // The next one may answer.
    }
  }
  return std::make_unique<Connection>(turns.next(), watchdog);
}

}  // namespace orderflow::rabbitmq
