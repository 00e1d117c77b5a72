#pragma once

#include "core/field_error.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace orderflow::events {

/// What in `document` breaks the JSON Schema `schema` (draft 7; a schema that cannot be read breaks
/// everything). Empty: it is valid. For documents that people write: not for the hot path.
core::FieldErrors check_schema(std::string_view schema, const nlohmann::json& document);

}  // namespace orderflow::events
