#pragma once

#include "core/field_error.hpp"
#include "preferences/preferences.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <string_view>

namespace orderflow::notifications {

/// Reads and validates the body that replaces a user's preferences: `language` (null or one that
/// `speaks` is true for), `kinds` (each "email" or "none"), `optedOut`. What is left out has its
/// default; an unknown field is an error. All faults are told at once.
boost::system::result<Preferences, core::FieldErrors> parse_preferences(
    const nlohmann::json& body, const std::function<bool(std::string_view language)>& supports);

/// The preferences as the API shows them.
nlohmann::json to_json(std::string_view user_id, const Preferences& preferences);

}  // namespace orderflow::notifications
