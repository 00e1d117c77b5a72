#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/dead-letters`: to list, inspect, replay (for real or dry, as it is or
/// edited) and discard each.
void add_dead_letter_routes(AdminApi& admin);

}  // namespace orderflow::admin
