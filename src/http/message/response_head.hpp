#pragma once

#include "http/message/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::http {

/// How the end of a response is marked on the wire.
struct ResponseFraming {
  std::optional<std::size_t> content_length;  ///< else chunked, or until the connection closes
  bool chunked = false;
  bool close = false;             ///< sends `Connection: close`
  bool keep_alive = false;        ///< sends `Connection: keep-alive`, for HTTP/1.0
  bool strict_transport = false;  ///< makes browsers use TLS from now on (RFC 6797)
  std::string_view date = {};     ///< see HttpDate
};

/// Appends status line and headers to `out`: those of `response`, the framing, the correlation
/// headers of `trace` and the ones that every answer has.
void append_response_head(std::string& out, const Response& response,
                          const core::TraceContext& trace, const ResponseFraming& framing);

/// Appends the line that opens a chunk of `size` octets (RFC 9112 §7.1).
void append_chunk_size(std::string& out, std::size_t size);

/// Throws `std::logic_error` where a status, header name or value of `response` would break the
/// framing: a control character, a status that is not final, a header that is the server's own.
void require_sendable(const Response& response);

/// True where a response of that status has no body and no Content-Length (RFC 9110 §6.4.1).
constexpr bool is_bodiless(unsigned status) noexcept {
  return status == 204 || status == 304;
}

}  // namespace orderflow::http
