#pragma once

#include "rabbitmq/connection.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace orderflow::rabbitmq {

/// Moves at most `limit` messages of a dead queue, the oldest first, to the queue that `target`
/// names for each, and none twice that dies again meanwhile. Each is acknowledged when the broker
/// has confirmed its copy, so that a failure may double one and loses none. The number of messages
/// moved. Throws `BrokerRefused` where a queue is not there, `ConnectionLost`.
std::size_t requeue(Connection& connection, const std::string& dead_queue,
                    const std::function<std::string(const IncomingMessage&)>& target,
                    std::size_t limit);

/// The key of the event in a message, as far as it can be told; else empty.
std::string key_of(const IncomingMessage& message);

}  // namespace orderflow::rabbitmq
