#pragma once

#include "host/host.hpp"

namespace orderflow::users {

/// Registers the module's HTTP routes. `host` outlives them.
void add_routes(host::Host& host);

}  // namespace orderflow::users
