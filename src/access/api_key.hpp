#pragma once

#include "access/scopes.hpp"
#include "core/clock.hpp"
#include "core/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::access {

/// An API key as the node keeps it: without the text that its owner holds.
struct ApiKey {
  std::string id;
  std::string name;  ///< of the client; shared by a key and the one that replaces it
  Scopes scopes;
  core::Sha256 hash;
  core::Timestamp created_at;
  std::optional<core::Timestamp> expires_at;
  std::optional<core::Timestamp> revoked_at;
  std::optional<core::Timestamp> last_used_at;  ///< to a minute
  std::optional<std::string> replaces;          ///< the id of the key that it was made for

  /// When it stops to be valid, or has stopped; nothing: never by itself.
  std::optional<core::Timestamp> ends_at() const noexcept {
    if (revoked_at && (!expires_at || *revoked_at < *expires_at)) return revoked_at;
    return expires_at;
  }
  bool is_valid(core::Timestamp now) const noexcept {
    const auto end = ends_at();
    return !end || now < *end;
  }
  /// "valid", "revoked" or "expired".
  std::string_view state(core::Timestamp now) const noexcept {
    if (is_valid(now)) return "valid";
    return revoked_at && *revoked_at <= now ? "revoked" : "expired";
  }
};

}  // namespace orderflow::access
