#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers the replay of all dead letters that match a filter, and how far each such run is.
void add_replay_routes(AdminApi& admin);

}  // namespace orderflow::admin
