#pragma once

#include "http/router.hpp"

namespace orderflow::api_docs {

/// Registers `GET /docs`, the reference that is drawn from `/openapi.json` and `/asyncapi.json`,
/// with its style and script. The page asks no other host for anything, and may not.
void add_reference_routes(http::Router& router);

}  // namespace orderflow::api_docs
