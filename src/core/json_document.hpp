#pragma once

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::core {

/// Why a text is not a JSON document that can be looked at.
struct JsonError {
  std::string detail;
};

/// Reads JSON (RFC 8259) that others have written: valid UTF-8, arrays and objects at most
/// `depth_max` in one another, no name twice in an object. The depth is known before anything is
/// parsed.
boost::system::result<nlohmann::json, JsonError> parse_json_document(std::string_view text,
                                                                     int depth_max);

}  // namespace orderflow::core
