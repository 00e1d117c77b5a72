#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/audit`, what operators did, and `/v1/admin/status`, the node's own metrics.
void add_audit_routes(AdminApi& admin);

}  // namespace orderflow::admin
