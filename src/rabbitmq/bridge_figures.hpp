#pragma once

#include "rabbitmq/bridge.hpp"
#include "telemetry/exposition.hpp"

namespace orderflow::rabbitmq {

/// Adds a bridge's figures to a scrape.
void tell_figures(telemetry::Exposition& told, const BridgeStatus& status);

}  // namespace orderflow::rabbitmq
