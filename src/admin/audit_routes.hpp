#pragma once

#include "admin/admin_api.hpp"
#include "storage/writer.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/audit`, what operators did, and `/v1/admin/status`, the node's own metrics.
/// The writer outlives the router.
void add_audit_routes(AdminApi& admin, const storage::Writer& writer);

}  // namespace orderflow::admin
