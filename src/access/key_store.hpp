#pragma once

#include "access/api_key.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

/// All SQL of the API keys. Sessions are those of `owner`.
namespace orderflow::access {

/// The owner of the tables: see storage::Ownership.
inline constexpr std::string_view owner = "access";

/// All keys, ended ones too, the oldest first.
std::vector<ApiKey> all_keys(storage::Session session);

void insert_key(storage::Session session, const ApiKey& key);
void set_revoked(storage::Session session, std::string_view id, core::Timestamp at);
void set_expires(storage::Session session, std::string_view id, core::Timestamp at);
void set_last_used(storage::Session session, std::string_view id, core::Timestamp at);

/// Removes the keys that ended before `limit`.
void remove_ended(storage::Session session, core::Timestamp limit);

}  // namespace orderflow::access
