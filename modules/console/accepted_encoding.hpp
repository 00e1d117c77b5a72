#pragma once

#include <optional>
#include <string_view>

namespace orderflow::console {

enum class Encoding { brotli, gzip };

/// The encoding to answer in, by a request's `Accept-Encoding` (RFC 9110 §12.5.3): brotli before
/// gzip where both are taken, whatever their weights; nothing where neither is. Who sends no such
/// header takes any coding, and gzip is what most understand.
std::optional<Encoding> accepted_encoding(std::optional<std::string_view> header);

}  // namespace orderflow::console
