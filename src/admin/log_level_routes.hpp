#pragma once

#include "admin/admin_api.hpp"
#include "telemetry/log_levels.hpp"

namespace orderflow::admin {

/// Adds `GET` and `PUT /v1/admin/log-levels`. The admin API and the levels outlive the router.
void add_log_level_routes(AdminApi& admin, telemetry::LogLevels& levels);

}  // namespace orderflow::admin
