#pragma once

#include "events/operations/audit_store.hpp"
#include "events/turn/turn.hpp"
#include "http/message/message.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::host {

/// The actor of a request, for the audit: the name of its API key.
events::Actor actor_of(const http::Request& request);

/// Records what an administrator has done, in the turn that does it. `detail` is an object that
/// names what it was done to; it is shown to every administrator and kept permanently, so it holds
/// no secret and no personal data.
void keep_audit(events::Turn& turn, const http::Request& request, std::string action,
                nlohmann::json detail);

}  // namespace orderflow::host
