#pragma once

#include "host/module.hpp"
#include "settings.hpp"

#include <memory>
#include <vector>

namespace orderflow::app {

/// Exit codes of the executable.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;          ///< could not start, or failed while it ran
inline constexpr int exit_usage = 2;           ///< wrong flags or settings
inline constexpr int exit_storage_failed = 3;  ///< storage failed: start it afresh

/// Runs a node until SIGINT or SIGTERM, then drains it: no new connections, running requests and
/// effects finish within the limit, the rest resumes at the next start. A second signal ends it at
/// once. Returns the exit code. Throws what `host::Node` and `http::Server` throw at start.
int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
