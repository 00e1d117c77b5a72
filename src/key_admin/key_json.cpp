#include "key_admin/key_json.hpp"

namespace orderflow::key_admin {
namespace {

nlohmann::json time_or_null(const std::optional<core::Timestamp>& time) {
  if (!time) return nullptr;
  return core::to_rfc3339(*time);
}

}  // namespace

nlohmann::json to_json(const access::ApiKey& key, core::Timestamp now) {
  nlohmann::json document = {{"id", key.id},
                             {"name", key.name},
                             {"scopes", key.scopes.names()},
                             {"state", key.state(now)},
                             {"createdAt", core::to_rfc3339(key.created_at)},
                             {"expiresAt", time_or_null(key.expires_at)},
                             {"revokedAt", time_or_null(key.revoked_at)},
                             {"lastUsedAt", time_or_null(key.last_used_at)},
                             {"replaces", nullptr}};
  if (key.replaces) document["replaces"] = *key.replaces;
  return document;
}

nlohmann::json to_json(const access::MadeKey& made, core::Timestamp now) {
  nlohmann::json document = to_json(made.key, now);
  document["key"] = made.text;
  return document;
}

nlohmann::json to_json(const std::vector<access::ApiKey>& keys, core::Timestamp now) {
  nlohmann::json document = {{"keys", nlohmann::json::array()}};
  for (const access::ApiKey& key : keys)
    document["keys"].push_back(to_json(key, now));
  return document;
}

}  // namespace orderflow::key_admin
