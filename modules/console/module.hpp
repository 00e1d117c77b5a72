#pragma once

#include "http/routing/router.hpp"

namespace orderflow::console {

/// Adds the page that people look at: `GET /` and, under `/console/`, the files that it needs. They
/// are part of the executable and leave it as they were compressed at build time. Where the page
/// was left out of the build nothing is added, and the answer is false.
///
/// Not a module of events: it has no data and subscribes to nothing. What the page shows and does,
/// it asks of the REST interface in the browser, with the rights of who looks at it.
bool add_page(http::Router& router);

}  // namespace orderflow::console
