#include "access/key_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderflow::access {

std::vector<ApiKey> all_keys(storage::Session session) {
  std::vector<ApiKey> keys;
  auto rows = session.query(
      "SELECT id, name, scopes, hash, created_at, expires_at, revoked_at, last_used_at, replaces,"
      " holder FROM access_key ORDER BY created_at, id");
  using Time = std::optional<core::Timestamp>;
  while (rows.next()) {
    ApiKey key{.id = rows.get<std::string>(0),
               .name = rows.get<std::string>(1),
               .scopes = Scopes::from_text(rows.get<std::string_view>(2)),
               .hash = {},
               .created_at = rows.get<core::Timestamp>(4),
               .expires_at = rows.get<Time>(5),
               .revoked_at = rows.get<Time>(6),
               .last_used_at = rows.get<Time>(7),
               .replaces = rows.get<std::optional<std::string>>(8),
               .holder = rows.get<std::string>(9)};
    const auto hash = rows.get<std::string_view>(3);
    if (hash.size() != key.hash.size()) throw std::runtime_error("an API key's hash is damaged");
    std::ranges::copy(hash, key.hash.begin());
    keys.push_back(std::move(key));
  }
  return keys;
}

void insert_key(storage::Session session, const ApiKey& key) {
  session.execute(
      "INSERT INTO access_key(id, name, scopes, hash, created_at, expires_at, revoked_at,"
      " last_used_at, replaces, holder) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
      key.id, key.name, key.scopes.text(), key.hash, key.created_at, key.expires_at, key.revoked_at,
      key.last_used_at, key.replaces, key.holder);
}

void set_revoked(storage::Session session, std::string_view id, core::Timestamp at) {
  session.execute("UPDATE access_key SET revoked_at = ?2 WHERE id = ?1", id, at);
}

void set_expires(storage::Session session, std::string_view id, core::Timestamp at) {
  session.execute("UPDATE access_key SET expires_at = ?2 WHERE id = ?1", id, at);
}

void set_last_used(storage::Session session, std::string_view id, core::Timestamp at) {
  session.execute("UPDATE access_key SET last_used_at = ?2 WHERE id = ?1", id, at);
}

void remove_ended(storage::Session session, core::Timestamp limit) {
  session.execute("DELETE FROM access_key WHERE revoked_at < ?1 OR expires_at < ?1", limit);
}

}  // namespace orderflow::access
