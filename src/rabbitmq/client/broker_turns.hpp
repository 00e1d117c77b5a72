#pragma once

#include "rabbitmq/client/connection.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace orderflow::rabbitmq {

/// Which broker of a cluster the next connection is made to: each address of the options in turn,
/// so that the one that has just failed comes last. Belongs to one thread.
class BrokerTurns {
 public:
  /// Begins with the address of the number `first`, counted round: nodes that begin by chance
  /// spread over the brokers.
  BrokerTurns(ConnectionOptions options, std::size_t first);

  /// The options with the address whose turn it is.
  const ConnectionOptions& next();

  std::size_t size() const noexcept { return addresses_.size(); }

 private:
  std::vector<Address> addresses_;
  ConnectionOptions options_;
  std::size_t turn_;
};

/// A connection to the first broker of the options that can be reached. Throws what the last one
/// threw, or `BrokerRefused` of the first that refuses. The watchdog outlives it.
std::unique_ptr<Connection> connect_to_any(const ConnectionOptions& options, Watchdog& watchdog);

}  // namespace orderflow::rabbitmq
