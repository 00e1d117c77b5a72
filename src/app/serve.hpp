#pragma once

#include "host/module.hpp"
#include "settings.hpp"

#include <memory>
#include <vector>

namespace orderflow::app {

/// Runs a node until SIGINT or SIGTERM, then drains it: no new connections, running requests and
/// effects finish within the limit, the rest resumes at the next start. A second signal ends it at
/// once. Returns the exit code. Throws what `host::Node` and `http::Server` throw at start.
int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
