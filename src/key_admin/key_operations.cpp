#include "key_admin/key_operations.hpp"

#include "access/key_store.hpp"
#include "events/log/event_log.hpp"

#include <string>

namespace orderflow::key_admin {
namespace {

void audit(storage::Connection& connection, const events::Actor& actor, std::string action,
           const access::ApiKey& key, core::Timestamp now) {
  events::AuditEntry entry{.at = now,
                           .actor = actor,
                           .action = std::move(action),
                           .subscription = {},
                           .seq = {},
                           .key = {},
                           .reason = {}};
  entry.detail = {{"apiKey", key.id}, {"name", key.name}, {"scopes", key.scopes.names()}};
  if (key.expires_at) entry.detail["expiresAt"] = core::to_rfc3339(*key.expires_at);
  if (key.replaces) entry.detail["replaces"] = *key.replaces;
  events::keep_audit(connection.session(events::event_owner), entry);
}

}  // namespace

access::Managed<access::MadeKey> create_key(storage::Connection& connection,
                                            const events::Actor& actor,
                                            const access::NewKey& new_key, core::Timestamp now) {
  auto made = access::create_key(connection.session(access::owner), new_key, now);
  if (made) audit(connection, actor, "create-key", made->key, now);
  return made;
}

access::Managed<access::ApiKey> revoke_key(storage::Connection& connection,
                                           const events::Actor& actor, std::string_view id,
                                           core::Timestamp now) {
  auto revoked = access::revoke_key(connection.session(access::owner), id, now);
  if (revoked) audit(connection, actor, "revoke-key", *revoked, now);
  return revoked;
}

access::Managed<access::MadeKey> rotate_key(storage::Connection& connection,
                                            const events::Actor& actor, std::string_view id,
                                            core::Duration overlap, core::Timestamp now) {
  auto made = access::rotate_key(connection.session(access::owner), id, overlap, now);
  if (made) audit(connection, actor, "rotate-key", made->key, now);
  return made;
}

}  // namespace orderflow::key_admin
