#include "access/manage_keys.hpp"

#include "access/key_store.hpp"
#include "access/key_text.hpp"
#include "http/message/client.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace orderflow::access {
namespace {

using Reason = KeyRefusal::Reason;

constexpr core::Duration ended_keys_kept = std::chrono::hours{24 * 90};

Managed<ApiKey> find_valid(storage::Session session, std::string_view id, core::Timestamp now) {
  std::vector<ApiKey> keys = all_keys(session);
  const auto found = std::ranges::find(keys, id, &ApiKey::id);
  if (found == keys.end()) {
    return KeyRefusal{Reason::no_such_key, "There is no key " + std::string(id) + "."};
  }
  if (!found->is_valid(now)) {
    return KeyRefusal{Reason::has_ended,
                      "The key " + found->id + " is " + std::string(found->state(now)) + "."};
  }
  return std::move(*found);
}

MadeKey keep_new(storage::Session session, ApiKey key) {
  NewKeyText made = make_key_text();
  key.id = std::move(made.id);
  key.hash = hash_of(made.text);
  // No name has a colon, so that no holder is one.
  if (key.holder.empty()) key.holder = "key:" + key.id;
  insert_key(session, key);
  return {std::move(key), std::move(made.text)};
}

/// Nothing where there is room for one more key.
std::optional<KeyRefusal> make_room(storage::Session session, core::Timestamp now) {
  remove_ended(session, now - ended_keys_kept);
  if (all_keys(session).size() < keys_max) return std::nullopt;
  return KeyRefusal{Reason::too_many, "There are " + std::to_string(keys_max) +
                                          " keys. Those that have ended go after 90 days."};
}

}  // namespace

bool is_key_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 64 && name != http::local_client &&
         std::ranges::all_of(name, allowed);
}

Managed<MadeKey> create_key(storage::Session session, const NewKey& new_key, core::Timestamp now) {
  for (const ApiKey& key : all_keys(session)) {
    if (key.name != new_key.name || !key.is_valid(now)) continue;
    return KeyRefusal{Reason::name_taken, "The key " + key.id + " is named " + key.name +
                                              " already. Rotate it, or choose another name."};
  }
  if (auto refusal = make_room(session, now)) return std::move(*refusal);
  ApiKey key{.id = {},
             .name = new_key.name,
             .scopes = new_key.scopes,
             .hash = {},
             .created_at = now,
             .expires_at = {},
             .revoked_at = {},
             .last_used_at = {},
             .replaces = {}};
  if (new_key.lifetime) key.expires_at = now + *new_key.lifetime;
  return keep_new(session, std::move(key));
}

Managed<ApiKey> revoke_key(storage::Session session, std::string_view id, core::Timestamp now) {
  auto key = find_valid(session, id, now);
  if (!key) return key.error();
  key->revoked_at = now;
  set_revoked(session, id, now);
  return key;
}

Managed<MadeKey> rotate_key(storage::Session session, std::string_view id, core::Duration overlap,
                            core::Timestamp now) {
  auto old = find_valid(session, id, now);
  if (!old) return old.error();
  if (auto refusal = make_room(session, now)) return std::move(*refusal);
  ApiKey key = *old;
  key.created_at = now;
  if (old->expires_at) key.expires_at = now + (*old->expires_at - old->created_at);
  key.last_used_at.reset();
  key.replaces = old->id;
  if (overlap == core::Duration{0}) {
    set_revoked(session, id, now);
  } else if (!old->expires_at || now + overlap < *old->expires_at) {
    set_expires(session, id, now + overlap);
  }
  return keep_new(session, std::move(key));
}

}  // namespace orderflow::access
