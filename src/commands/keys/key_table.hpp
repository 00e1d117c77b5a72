#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// The keys of a `/v1/admin/keys` document as a table for people.
std::string key_table(const nlohmann::json& document);

/// A key that was just made, with its text and what to do with it.
std::string new_key_text(const nlohmann::json& key);

}  // namespace orderflow::commands
