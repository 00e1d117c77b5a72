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
  std::string holder{};                         ///< shared by a key and its successors alone

  /// A revoked key stays revoked, also where a clock has been set back since.
  bool is_revoked() const noexcept { return revoked_at.has_value(); }
  bool is_valid(core::Timestamp now) const noexcept {
    return !is_revoked() && (!expires_at || now < *expires_at);
  }
  /// "valid", "revoked" or "expired".
  std::string_view state(core::Timestamp now) const noexcept {
    if (is_revoked()) return "revoked";
    return is_valid(now) ? "valid" : "expired";
  }
};

}  // namespace orderflow::access
