#pragma once

#include "access/manage_keys.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace orderflow::key_admin {

/// A key as the administrator sees it: never its text.
nlohmann::json to_json(const access::ApiKey& key, core::Timestamp now);

/// The same with its text, `key`.
nlohmann::json to_json(const access::MadeKey& made, core::Timestamp now);

nlohmann::json to_json(const std::vector<access::ApiKey>& keys, core::Timestamp now);

}  // namespace orderflow::key_admin
