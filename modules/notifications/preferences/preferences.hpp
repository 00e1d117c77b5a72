#pragma once

#include "core/clock.hpp"
#include "notification/notification.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace orderflow::notifications {

/// What a user wants to be told, and how. Without any, everything is told by e-mail in the default
/// language.
struct Preferences {
  std::string language = {};                       ///< as `is_language`; empty: the default one
  bool opted_out = false;                          ///< wants no notification at all
  std::set<Kind> not_wanted = {};                  ///< kinds that are not to be told
  std::optional<core::Timestamp> updated_at = {};  ///< nothing where the user never had any
};

/// Why nothing of `kind` may be sent to the user, if so.
inline std::optional<Skip> refusal(const Preferences& preferences, Kind kind) {
  if (preferences.opted_out) return Skip::opted_out;
  if (preferences.not_wanted.contains(kind)) return Skip::not_wanted;
  return std::nullopt;
}

}  // namespace orderflow::notifications
