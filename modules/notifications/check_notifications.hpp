#pragma once

#include "host/module_integrity.hpp"

namespace orderflow::notifications {

/// Adds the check of the notifications module: each event that is to be told has been told of once.
void check_notifications(host::ModuleIntegrity& integrity);

}  // namespace orderflow::notifications
