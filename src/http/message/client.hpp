#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace orderflow::http {

/// The sender of requests, as an API key names it. Shared by the requests under way; immutable.
struct Client {
  std::string name;      ///< of the key: the actor of the audit
  std::string key;       ///< the key's public identifier
  std::string holder{};  ///< the client that the key was made for; idempotency keys belong to it
};

using ClientPtr = std::shared_ptr<const Client>;

/// The client's name on a node that has no keys.
inline constexpr std::string_view local_client = "local";

}  // namespace orderflow::http
