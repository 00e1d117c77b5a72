#pragma once

#include "host/module_integrity.hpp"
#include "host/order_export.hpp"

namespace orderflow::notifications {

/// Adds the check of the notifications module: each event that is to be told has been told of once.
void check_notifications(host::ModuleIntegrity& integrity);

/// How many notifications orders have, for whoever reads the database in parts.
const host::OrderExport& notifications_export() noexcept;

}  // namespace orderflow::notifications
