#pragma once

#include "access/api_key.hpp"
#include "storage/connection.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// The administration of keys: on the writer thread of a running node, or on the database of a
/// stopped one. Sessions are those of `access::owner`, in a transaction of the caller's.
namespace orderflow::access {

struct KeyRefusal {
  enum class Reason { name_taken, too_many, no_such_key, has_ended };
  Reason reason;
  std::string detail;
};

template <class T>
using Managed = boost::system::result<T, KeyRefusal>;

/// Keys that are kept, those that have ended in the last 90 days among them.
inline constexpr std::size_t keys_max = 1000;

/// The longest life that can be asked for, and the longest overlap of a rotation.
inline constexpr core::Duration lifetime_max = std::chrono::hours{24 * 3650};
inline constexpr core::Duration overlap_max = std::chrono::hours{24 * 365};
inline constexpr core::Duration overlap_default = std::chrono::hours{24};

/// True for 1 to 64 letters, digits, dots, hyphens and underscores other than "local", the name of
/// a client without a key.
bool is_key_name(std::string_view name) noexcept;

struct NewKey {
  std::string name;  ///< see is_key_name
  Scopes scopes;     ///< not empty
  std::optional<core::Duration> lifetime = {};
};

struct MadeKey {
  ApiKey key;
  std::string text;  ///< to be shown once
};

/// Creates a key. A name belongs to one client until all its keys have ended.
Managed<MadeKey> create_key(storage::Session session, const NewKey& new_key, core::Timestamp now);

/// Revokes a key immediately.
Managed<ApiKey> revoke_key(storage::Session session, std::string_view id, core::Timestamp now);

/// Creates a successor of the same name, scopes and lifetime, and lets the old key end after
/// `overlap`, if it does not end before: meanwhile both are valid. Without an overlap the old one
/// is revoked: setting a clock back does not make it valid again.
Managed<MadeKey> rotate_key(storage::Session session, std::string_view id, core::Duration overlap,
                            core::Timestamp now);

}  // namespace orderflow::access
