#pragma once

#include "host/examination.hpp"

namespace orderflow::orders {

/// Adds the checks of the orders module: the orders against what the log says of them.
void examine_orders(host::Examination& examination);

}  // namespace orderflow::orders
