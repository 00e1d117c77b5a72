#pragma once

#include "http/message/message.hpp"

#include <optional>

namespace orderflow::http {

struct Refusal;

/// The preconditions of RFC 9110 §13. The server evaluates them for every route, by the `ETag` of
/// the answer; what has none has no tag that a client could name. No resource has a modification
/// date (`Last-Modified`).

/// Before an unsafe method is performed (§13.2.1): 412 where one of its conditions is false, or is
/// not known to be true. `If-Match: *` asks for a resource that exists, which its handler decides;
/// `If-None-Match: *` for one that does not. A state is never changed under `If-Unmodified-Since`:
/// times are not compared, and ignoring the condition could overwrite what its sender has not seen
/// (§13.1.4). Nothing for a safe method.
std::optional<Refusal> check_preconditions(const Request& request);

/// After a safe method: a successful answer, or 412 or 304 in its place (§13.2.2).
/// `If-Unmodified-Since` is ignored under §13.1.4 and `If-Modified-Since` under §13.1.3, because
/// there is no date to compare with. Other answers are left as they are (§13.2.1).
void apply_preconditions(const Request& request, Response& response);

}  // namespace orderflow::http
