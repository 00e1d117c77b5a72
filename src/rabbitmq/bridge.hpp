#pragma once

#include "bridge/bridge.hpp"
#include "rabbitmq/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace orderflow::rabbitmq {

/// The bridge over RabbitMQ. `settings` name a broker; `version` is that of this program, which the
/// broker's management shows.
std::unique_ptr<bridge::Bridge> make_bridge(Settings settings, std::string version,
                                            std::uint64_t seed);

}  // namespace orderflow::rabbitmq
