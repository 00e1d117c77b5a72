#pragma once

#include "bridge/message/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace orderflow::bench {

/// Publishes `message` `count` times, persistent, with `window` of them unconfirmed at most, by the
/// fewest calls into rabbitmq-c that can do so, and returns the seconds it took until the last was
/// confirmed. The ceiling for whoever publishes through rabbitmq-c. Throws `std::runtime_error`.
double publish_bare(std::uint16_t port, const std::string& queue, const bridge::Message& message,
                    std::size_t count, std::size_t window);

}  // namespace orderflow::bench
