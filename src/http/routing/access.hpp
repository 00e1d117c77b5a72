#pragma once

#include <string_view>

namespace orderflow::http {

/// What a request needs to reach a route. Every route declares it at its registration.
enum class Access {
  open,     ///< nothing, or a proof of the route's own: a signature, a link that cannot be guessed
  any_key,  ///< an API key, whatever its scopes
  orders_read,
  orders_write,
  events_read,
  metrics_read,
  admin
};

/// The scope that gives this access: "orders:read"; empty for `open` and `any_key`.
constexpr std::string_view scope_of(Access access) noexcept {
  switch (access) {
    case Access::orders_read:
      return "orders:read";
    case Access::orders_write:
      return "orders:write";
    case Access::events_read:
      return "events:read";
    case Access::metrics_read:
      return "metrics:read";
    case Access::admin:
      return "admin";
    case Access::open:
    case Access::any_key:
      break;
  }
  return "";
}

}  // namespace orderflow::http
