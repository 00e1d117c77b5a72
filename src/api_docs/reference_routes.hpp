#pragma once

#include "http/routing/router.hpp"

namespace orderflow::api_docs {

/// Registers `GET /docs`, the reference that is drawn from `/openapi.json` and `/asyncapi.json`,
/// with its style and script. Its content security policy allows no other host.
void add_reference_routes(http::Router& router);

}  // namespace orderflow::api_docs
