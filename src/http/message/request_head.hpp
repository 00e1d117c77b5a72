#pragma once

#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::http {

/// What the session needs of a header section besides what `Request` keeps.
struct RequestHead {
  std::string method;  ///< the token as received; `Request::method` holds it where known
  bool method_known = false;
  bool http_1_0 = false;
  bool keep_alive = false;  ///< as version and Connection header ask
  bool folded = false;      ///< a header line continues in the next (obs-fold, RFC 9112 §5.2)
};

enum class HeadError { malformed, version_not_supported };

/// The length of the header section at the start of `received`, its empty line included; nothing
/// where it is not complete. `searched` octets were found to hold no end before.
std::optional<std::size_t> find_head_end(std::string_view received, std::size_t searched) noexcept;

/// False where the first octet cannot stand in a request line, as that of a TLS handshake.
bool may_begin_request(std::string_view received) noexcept;

/// Parses one complete header section, of HTTP/1.2 and the like as of HTTP/1.1, into `head` and the
/// method, target and headers of `request`. After an error both hold what came before the bad
/// place.
std::optional<HeadError> parse_head(std::string_view section, RequestHead& head, Request& request);

}  // namespace orderflow::http
