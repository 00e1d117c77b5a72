#pragma once

#include "http/routing/router.hpp"

namespace orderflow::api_docs {

/// Adds `GET /v1/admin/routes`: every route of this node, its own too, with the scope it needs.
void add_routing_table_route(http::Router& router);

}  // namespace orderflow::api_docs
