#pragma once

#include <string>
#include <string_view>

namespace orderflow::core {

/// True where `value` between quotes is its JSON string: ASCII with nothing to escape.
bool is_plain_json_string(std::string_view value) noexcept;

/// Appends `value` to `text` as a JSON string (RFC 8259 §7). Quick where nothing is to be escaped.
/// Throws `nlohmann::json::type_error` where it is not UTF-8, as nlohmann's does.
void append_json_string(std::string& text, std::string_view value);

}  // namespace orderflow::core
