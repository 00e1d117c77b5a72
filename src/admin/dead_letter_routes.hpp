#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/dead-letters`: lists, inspects, replays (or dry-runs, with the payload as
/// it is or edited) and discards them.
void add_dead_letter_routes(AdminApi& admin);

}  // namespace orderflow::admin
