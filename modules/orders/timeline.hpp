#pragma once

#include "host/host.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace orderflow::orders {

/// What happened to an order, in order, across modules: its events, and the deliveries that failed,
/// wait or were retried. Made from the log and the deliveries alone; empty lists where the log has
/// nothing about the key.
nlohmann::json timeline(const host::Host& host, std::string_view order_id);

}  // namespace orderflow::orders
