#pragma once

#include "core/digest.hpp"
#include "core/field_error.hpp"
#include "http/message.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>

namespace orderflow::orders {

/// What makes two requests the same one, sent twice.
struct IdempotencyKey {
  std::string client;        ///< whose key it is
  std::string key;           ///< 1 to 255 visible ASCII characters
  core::Sha256 fingerprint;  ///< of the body
};

/// Whose request it is; everybody is "local".
std::string client_of(const http::Request& request);

/// The request's `Idempotency-Key`, if it has one; errors where it is no key or given twice.
boost::system::result<std::optional<IdempotencyKey>, core::FieldErrors> idempotency_key_of(
    const http::Request& request);

}  // namespace orderflow::orders
