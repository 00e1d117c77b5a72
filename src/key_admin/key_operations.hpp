#pragma once

#include "access/manage_keys.hpp"
#include "events/operations/audit_store.hpp"

#include <string_view>

/// The administration of API keys, each operation with its audit entry in the caller's transaction.
/// For a running node the writer runs them, for a stopped one the command line.
namespace orderflow::key_admin {

access::Managed<access::MadeKey> create_key(storage::Connection& connection,
                                            const events::Actor& actor,
                                            const access::NewKey& new_key, core::Timestamp now);

access::Managed<access::ApiKey> revoke_key(storage::Connection& connection,
                                           const events::Actor& actor, std::string_view id,
                                           core::Timestamp now);

access::Managed<access::MadeKey> rotate_key(storage::Connection& connection,
                                            const events::Actor& actor, std::string_view id,
                                            core::Duration overlap, core::Timestamp now);

}  // namespace orderflow::key_admin
