#pragma once

#include "rabbitmq/bridge.hpp"
#include "telemetry/exposition.hpp"

namespace orderflow::rabbitmq {

/// Adds a bridge's metrics to a scrape.
void export_metrics(telemetry::Exposition& metrics, const BridgeStatus& status);

}  // namespace orderflow::rabbitmq
