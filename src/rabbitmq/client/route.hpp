#pragma once

#include <string>

namespace orderflow::rabbitmq {

/// Where a message goes, or how it came. Both up to 255 bytes. By the default exchange, whose name
/// is empty, it goes to the queue that the routing key names.
struct Route {
  std::string exchange = {};
  std::string routing_key = {};

  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace orderflow::rabbitmq
