#pragma once

#include <string>
#include <string_view>

namespace orderflow::core {

/// The JSON Pointer of a member of what `parent` points to: a `~` or `/` in its name is escaped
/// (RFC 6901 §3).
std::string pointer_to(std::string_view parent, std::string_view name);

}  // namespace orderflow::core
