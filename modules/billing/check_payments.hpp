#pragma once

#include "host/module_integrity.hpp"
#include "host/order_export.hpp"

namespace orderflow::billing {

/// Adds the checks of the billing module: the payments against what the log says of them.
void check_payments(host::ModuleIntegrity& integrity);

/// The payments, for checks that compare modules.
const host::OrderExport& payments_export() noexcept;

}  // namespace orderflow::billing
