#pragma once

#include "bridge/connection/connection_state.hpp"
#include "bridge/queue_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

/// What a node has sent once more, in messages. Counts are since its start.
struct RedriverStatus {
  std::uint64_t sent = 0;        ///< repeats included
  std::uint64_t confirmed = 0;   ///< that the broker has settled
  std::uint64_t unroutable = 0;  ///< of these, ones whose queue was not there
  std::size_t waiting = 0;       ///< redrives that are not at their end
};

/// What waits where nobody consumes, as the broker has last answered.
struct UnconsumedQueues {
  struct Dead {
    std::string module;
    std::optional<std::uint32_t> messages = {};  ///< nothing: the broker was not asked yet
  };
  struct Abandoned {
    std::string queue;  ///< of one node, which does not run
    std::uint32_t messages = 0;
  };

  std::vector<Dead> dead = {};            ///< the dead queue of each module that has one
  std::vector<Abandoned> abandoned = {};  ///< of the nodes that this one has come across
};

struct BridgeStatus {
  BridgeMode mode = BridgeMode::exports;
  PublisherStatus publisher = {};
  std::optional<ConsumerStatus> consumer = {};  ///< where the node consumes
  std::optional<RedriverStatus> redriver = {};  ///< where it works with other nodes
  UnconsumedQueues unconsumed = {};

  /// What anybody may know; empty where all is well. The reason is in the log.
  std::string trouble() const;
};

}  // namespace orderflow::bridge
