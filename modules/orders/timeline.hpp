#pragma once

#include "host/host.hpp"
#include "order.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace orderflow::orders {

/// What happened to an order, in order, across modules: its events, and the deliveries that failed,
/// wait or were retried. Made from the log and the deliveries alone; empty lists where the log has
/// nothing about the key. `order` is its row, if there is one: what it waits for on other nodes.
nlohmann::json timeline(const host::Host& host, std::string_view order_id,
                        const std::optional<Order>& order);

}  // namespace orderflow::orders
