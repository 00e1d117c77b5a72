#pragma once

#include "rabbitmq/client/connection.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace orderflow::rabbitmq {

/// Moves at most `limit` messages of a dead queue, the oldest first, to the queue that `target`
/// names for each, and none twice that dies again meanwhile. Each is acknowledged when the broker
/// has confirmed its copy, so that a failure may double one and loses none. The number of messages
/// moved. Throws `BrokerRefused` where a queue is not there, `ConnectionLost`.
std::size_t requeue(Connection& connection, const std::string& dead_queue,
                    const std::function<std::string(const bridge::Message&)>& target,
                    std::size_t limit);

}  // namespace orderflow::rabbitmq
