#pragma once

#include "bridge/connection/connection_state.hpp"
#include "bridge/queue_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::bridge {

/// How the publishing of a node stands, for `/readyz` and the metrics. Counts are since its start.
struct PublisherStatus {
  ConnectionState state = ConnectionState::connecting;
  std::string message = {};     ///< why it is not connected, or blocked; for people
  std::uint64_t published = 0;  ///< messages sent, repeats included
  std::uint64_t confirmed = 0;  ///< messages that the broker has settled
  std::uint64_t nacked = 0;
  std::uint64_t returned = 0;    ///< messages that no queue took
  std::uint64_t reconnects = 0;  ///< connections made after the first
  std::uint64_t lost = 0;        ///< queues that were lost and declared again
  std::size_t deferred = 0;      ///< events that wait because the broker could not route one
  std::size_t outstanding = 0;   ///< events handed over and not confirmed
};

/// How its consuming stands. Counts are since its start.
struct ConsumerStatus {
  ConnectionState state = ConnectionState::connecting;
  std::string message = {};        ///< why it is not connected; for people
  std::uint64_t consumed = 0;      ///< messages that came
  std::uint64_t redelivered = 0;   ///< of these, ones that may have come before
  std::uint64_t acknowledged = 0;  ///< all but rejected ones
  std::uint64_t skipped = 0;       ///< of these, handled on another node already
  std::uint64_t passed_on = 0;     ///< of these, for another node
  std::uint64_t rejected = 0;      ///< sent to the dead letters
  std::uint64_t reconnects = 0;    ///< connections made after the first
  std::size_t waiting = 0;         ///< messages that came and are not acknowledged
};

/// How the node's name stands, which one node alone may have.
struct NameStatus {
  ConnectionState state = ConnectionState::connecting;  ///< refused: another node has it
  std::string message = {};                             ///< why it is not held; for people
  bool is_taken = false;  ///< by another, as far as this node can tell: it must take no orders
};

struct BridgeStatus {
  BridgeMode mode = BridgeMode::exports;
  std::optional<NameStatus> name = {};  ///< where nodes work together
  PublisherStatus publisher = {};
  std::optional<ConsumerStatus> consumer = {};  ///< where the node consumes

  /// What anybody may know; empty where all is well. The reason is in the log.
  std::string trouble() const;

  /// Whether this node must take no orders, for nobody would settle them.
  bool refuses_orders() const noexcept { return name && name->is_taken; }
};

}  // namespace orderflow::bridge
