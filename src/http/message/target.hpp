#pragma once

#include "http/message/message.hpp"

#include <string>
#include <string_view>

namespace orderflow::http {

/// Reads `request.target` into `path` and `query`. False where it is neither of these: the
/// origin-form of RFC 9112 §3.2.1, an absolute path of RFC 3986 characters, whose percent signs
/// are followed by two hexadecimal digits; or the absolute-form of §3.2.2, an http or https URI
/// with a host and without a user (RFC 9110 §4.2.4). That is taken apart: its authority goes into
/// `target_authority`, and the rest is the target in origin-form. In the query `+` is a space, as
/// forms send it. False too where the decoded path or the name of a parameter is not UTF-8, or
/// anything has a NUL in it. Whether a value is UTF-8 its reader decides, who can name it.
bool parse_target(Request& request);

/// The part of an origin-form target before its query, still encoded.
std::string_view encoded_path(std::string_view target) noexcept;

/// `text` with its percent-encoded octets decoded; a malformed sequence is kept as it is.
std::string percent_decoded(std::string_view text);

}  // namespace orderflow::http
