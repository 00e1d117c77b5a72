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

/// True for what may name something of others in a path: visible ASCII, but not "." and "..", which
/// clients take out of a path before they send it (RFC 3986 §5.2.4), however they are written.
bool is_path_name(std::string_view text, std::size_t longest) noexcept;

/// True for a `traceparent` that can be continued (W3C Trace Context §3.2): lower-case hexadecimal,
/// neither trace id nor parent id all zero. Of version 00, or of a later one but ff, which may have
/// more behind another dash (§3.2.4, versioning).
bool is_traceparent(std::string_view text) noexcept;

/// One that can be continued as version 00 has it. Of its flags `sampled` alone is known, and all
/// others are set to 0 (§3.2.2.5.2).
std::string as_version_00(std::string_view traceparent);

/// A `traceparent` of version 00 of the same trace with a new parent id; a new trace where `parent`
/// cannot be continued. A trace that starts here is marked as sampled.
std::string child_traceparent(std::string_view parent, Random& random);

}  // namespace orderflow::core
