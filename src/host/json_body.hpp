#pragma once

#include "core/json_document.hpp"
#include "http/message/message.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace orderflow::host {

using core::JsonError;

/// The deepest nesting of arrays and objects.
inline constexpr int json_depth_max = 16;

/// Reads a request's body as JSON (RFC 8259): valid UTF-8, at most `json_depth_max` deep, no name
/// twice in an object.
boost::system::result<nlohmann::json, JsonError> parse_json_body(std::string_view body);

/// The answer to a body that is not JSON: 400.
http::Response malformed_json(const http::Request& request, const JsonError& error);

/// An answer with a JSON body.
http::Response json_response(unsigned status, const nlohmann::json& document);

}  // namespace orderflow::host
