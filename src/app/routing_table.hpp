#pragma once

#include "http/router.hpp"

namespace orderflow::app {

/// Adds `GET /v1/admin/routes`: every route of this node, its own too, with the scope it needs.
void add_routing_table_route(http::Router& router);

}  // namespace orderflow::app
