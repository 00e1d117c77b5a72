#pragma once

#include "app/admin_api.hpp"
#include "app/log_levels.hpp"

namespace orderflow::app {

/// Adds `GET` and `PUT /v1/admin/log-levels`. The admin API and the levels outlive the router.
void add_log_level_routes(AdminApi& admin, LogLevels& levels);

}  // namespace orderflow::app
