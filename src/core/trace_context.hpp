#pragma once

#include "core/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::core {

/// What links a request to everything that follows from it, also across processes.
struct TraceContext {
  std::string correlation_id;  ///< 1 to 128 visible ASCII characters
  std::string traceparent;     ///< W3C Trace Context, version 00; may be empty
};

/// True for 1 to `longest` characters, all visible ASCII (0x21 to 0x7e).
bool is_visible_ascii(std::string_view text, std::size_t longest) noexcept;

/// True for a well-formed version 00 `traceparent` (W3C Trace Context §3.2): lower-case
/// hexadecimal, neither trace id nor parent id all zero.
bool is_traceparent(std::string_view text) noexcept;

/// A `traceparent` of the same trace with a new parent id; a new trace where `parent` is not
/// well-formed. A trace that starts here is marked as sampled.
std::string child_traceparent(std::string_view parent, Random& random);

}  // namespace orderflow::core
