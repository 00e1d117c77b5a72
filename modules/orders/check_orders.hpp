#pragma once

#include "host/module_integrity.hpp"

namespace orderflow::orders {

/// Adds the checks of the orders module: the orders against what the log says of them.
void check_orders(host::ModuleIntegrity& integrity);

}  // namespace orderflow::orders
