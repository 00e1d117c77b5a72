#pragma once

#include "access/manage_keys.hpp"
#include "events/operations/audit_store.hpp"

#include <string_view>

/// What an administrator does with API keys, each with its audit entry in the same transaction, the
/// caller's. Of a running node it is run by its writer, of a stopped one by the command line.
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
