#pragma once

#include "bridge/status.hpp"
#include "telemetry/exposition.hpp"

#include <cstdint>

namespace orderflow::bridge {

/// Adds a bridge's metrics to a scrape. `lag`: events of the log that are not known to be
/// confirmed.
void export_metrics(telemetry::Exposition& metrics, const BridgeStatus& status, std::int64_t lag);

}  // namespace orderflow::bridge
