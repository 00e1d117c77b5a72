#pragma once

#include "host/host.hpp"
#include "settings.hpp"

namespace orderflow::orders {

/// Registers the route by which an operator has orders driven on. Host and settings outlive it.
void add_redrive_routes(host::Host& host, const Settings& settings);

}  // namespace orderflow::orders
