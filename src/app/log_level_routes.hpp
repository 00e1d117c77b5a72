#pragma once

#include "log_levels.hpp"
#include "operator_desk.hpp"

namespace orderflow::app {

/// Adds `GET` and `PUT /v1/admin/log-levels`. Desk and levels outlive the router.
void add_log_level_routes(OperatorDesk& desk, LogLevels& levels);

}  // namespace orderflow::app
