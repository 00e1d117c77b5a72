#pragma once

#include "core/scope.hpp"
#include "events/log/catalog.hpp"
#include "host/host.hpp"

namespace orderflow::event_api {

/// To read the log, its live stream and the schemas.
inline constexpr core::Scope read_scope{"events:read"};

/// Registers `/v1/events`, `/v1/events/stream` and `/v1/schemas`. The arguments outlive the router.
void add_event_routes(host::Services& services, const events::Catalog& catalog);

}  // namespace orderflow::event_api
