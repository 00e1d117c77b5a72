#pragma once

#include "host/module_integrity.hpp"

namespace orderflow::users {

/// Adds the check of the users module: the statistics, counted anew from the log.
void check_statistics(host::ModuleIntegrity& integrity);

}  // namespace orderflow::users
