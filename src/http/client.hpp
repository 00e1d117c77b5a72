#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace orderflow::http {

/// Who sends requests, as an API key tells it. Shared by the requests under way; never changes.
struct Client {
  std::string name;      ///< of the key: the actor of the audit
  std::string key;       ///< the key's public identifier
  std::string holder{};  ///< whom the key was made for: what idempotency keys belong to
};

using ClientPtr = std::shared_ptr<const Client>;

/// The name of whoever reaches a node that has no keys.
inline constexpr std::string_view local_client = "local";

}  // namespace orderflow::http
