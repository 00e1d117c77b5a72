#pragma once

#include "http/message.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::host {

/// Why a body is not a JSON document that a route can look at.
struct JsonError {
  std::string detail;
};

/// Arrays and objects in one another, at most.
inline constexpr int json_depth_max = 16;

/// Reads a request's body as JSON (RFC 8259): valid UTF-8, at most `json_depth_max` deep, no name
/// twice in an object.
boost::system::result<nlohmann::json, JsonError> parse_json_body(std::string_view body);

/// The answer to a body that is not JSON: 400.
http::Response malformed_json(const http::Request& request, const JsonError& error);

/// An answer with a JSON body.
http::Response json_response(unsigned status, const nlohmann::json& document);

}  // namespace orderflow::host
