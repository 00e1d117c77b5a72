#pragma once

#include "host/module_integrity.hpp"

namespace orderflow::billing {

/// Adds the checks of the billing module: the payments against what the log says of them.
void check_payments(host::ModuleIntegrity& integrity);

}  // namespace orderflow::billing
