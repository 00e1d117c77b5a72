#include "host/audit.hpp"

#include "events/log/event_log.hpp"

#include <utility>

namespace orderflow::host {

events::Actor actor_of(const http::Request& request) {
  return {std::string(request.client_name()), request.trace.correlation_id};
}

void keep_audit(events::Turn& turn, const http::Request& request, std::string action,
                nlohmann::json detail) {
  const events::AuditEntry entry{.at = turn.now(),
                                 .actor = actor_of(request),
                                 .action = std::move(action),
                                 .subscription = {},
                                 .seq = {},
                                 .key = {},
                                 .reason = {},
                                 .detail = std::move(detail)};
  events::keep_audit(turn.db().connection().session(events::event_owner), entry);
}

}  // namespace orderflow::host
