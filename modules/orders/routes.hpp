#pragma once

#include "host/host.hpp"
#include "settings.hpp"

namespace orderflow::orders {

/// Registers the module's HTTP routes. `host` and `settings` outlive them.
void add_routes(host::Host& host, const Settings& settings);

}  // namespace orderflow::orders
