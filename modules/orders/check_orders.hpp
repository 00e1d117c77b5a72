#pragma once

#include "host/module_integrity.hpp"
#include "host/order_export.hpp"

namespace orderflow::orders {

/// Adds the checks of the orders module: the orders against what the log says of them.
void check_orders(host::ModuleIntegrity& integrity);

/// The orders, for checks that compare modules.
const host::OrderExport& orders_export() noexcept;

}  // namespace orderflow::orders
