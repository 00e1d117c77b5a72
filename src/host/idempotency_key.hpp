#pragma once

#include "core/digest.hpp"
#include "core/field_error.hpp"
#include "http/message/message.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::host {

/// What identifies a repeated request.
struct IdempotencyKey {
  std::string client;        ///< whose key it is
  std::string key;           ///< 1 to 255 visible ASCII characters
  core::Sha256 fingerprint;  ///< of the body
};

/// The holder of a request's API key. A rotated key keeps its holder, so that a retry with the new
/// one is still the same request; a key that is created again under the name of an ended one has
/// another holder, and gets none of its answers.
std::string client_of(const http::Request& request);

/// The request's `Idempotency-Key`, if it has one; errors where it is no key or given twice.
boost::system::result<std::optional<IdempotencyKey>, core::FieldErrors> idempotency_key_of(
    const http::Request& request);

/// The answer to a malformed key: 400.
http::Response invalid_idempotency_key(const http::Request& request, core::FieldErrors errors);

/// The answer to a key that came with another request before: 422. `what` was requested, "order".
http::Response idempotency_key_reused(const http::Request& request, std::string_view what);

/// Marks a repeated answer.
void mark_replayed(http::Response& response);

}  // namespace orderflow::host
