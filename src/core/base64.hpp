#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::core {

/// `bytes` in base64 with padding (RFC 4648 §4).
std::string base64(std::string_view bytes);

/// The bytes that base64 with padding stands for. Nothing for any other text.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace orderflow::core
