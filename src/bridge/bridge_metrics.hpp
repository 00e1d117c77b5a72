#pragma once

#include "bridge/status.hpp"
#include "telemetry/exposition.hpp"

namespace orderflow::bridge {

/// Adds a bridge's metrics to a scrape.
void export_metrics(telemetry::Exposition& metrics, const BridgeStatus& status);

}  // namespace orderflow::bridge
