#pragma once

#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/topology.hpp"

#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// Makes everything of the topology that is not there yet. Throws `BrokerRefused`: where something
/// of that name stands there otherwise (406) with a message that names it, what stands there, what
/// this node wants and what to do; else as the broker words it.
void declare(Connection& connection, const Topology& topology);

/// How a part of a topology stands on the broker.
enum class Standing { there, missing, clash };

struct InspectedExchange {
  Exchange wanted;
  Standing standing = Standing::missing;
  std::string detail;  ///< of a clash
};

struct InspectedQueue {
  Queue wanted;
  Standing standing = Standing::missing;
  std::string detail;
  QueueCounts counts{};  ///< where it is there, or clashes
};

struct Inspection {
  std::vector<InspectedExchange> exchanges;
  std::vector<InspectedQueue> queues;
};

/// Looks without making anything: only what is there is declared again, which shows whether it is
/// as it is wanted. Bindings cannot be asked for in AMQP 0-9-1. Throws `BrokerRefused` for other
/// refusals than clashes, `ConnectionLost`.
Inspection inspect(Connection& connection, const Topology& topology);

}  // namespace orderflow::rabbitmq
